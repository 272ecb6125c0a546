using XdsCanary.CanaryEngine.Core;

namespace XdsCanary.CanaryEngine.Tests.Core;

/// <summary>A workload of a <see cref="SimulatedWorld"/>: takes a revision, and is ready some time later unless told otherwise.</summary>
internal sealed class SimulatedWorkload
{
    private DateTimeOffset _since;

    public bool Exists { get; set; }

    public bool IsRunning { get; set; }

    public string Revision { get; set; } = string.Empty;

    /// <summary>How long a revision takes to be ready.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Stands for what the workload really is; null for its own readiness.</summary>
    public Readiness? Forced { get; set; }

    public string Text { get; set; } = "waiting for rollout to finish: 0 of 1 updated replicas are available";

    public void Take(string revision, DateTimeOffset now)
    {
        _since = Exists && IsRunning && revision == Revision ? _since : now;
        (Exists, IsRunning, Revision) = (true, true, revision);
    }

    public WorkloadFact Observe(DateTimeOffset now)
    {
        var readiness = Forced ?? (Exists && IsRunning && now >= _since + Delay ? Readiness.Ready : Readiness.Waiting);
        return new WorkloadFact(Exists, Exists ? readiness : Readiness.Waiting, readiness == Readiness.Ready ? "" : Text, Revision);
    }
}

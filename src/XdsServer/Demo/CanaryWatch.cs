using System.Globalization;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.XdsServer.Demo;

/// <summary>How a run ended.</summary>
/// <param name="Record">What is remembered of it; null when it did not end in time.</param>
/// <param name="ZeroAt">When weight 0 was acknowledged after the run had had more, a timestamp; null when it was not.</param>
/// <param name="Took">How long it took.</param>
internal sealed record WatchedRun(RunRecord? Record, long? ZeroAt, TimeSpan Took);

/// <summary>Follows the demo's canary: shows its events as they come, and its weight. Not thread-safe.</summary>
/// <param name="office">Knows the canary.</param>
/// <param name="probe">Knows which weights are acknowledged.</param>
/// <param name="load">Counts the requests.</param>
/// <param name="board">Shows what happens.</param>
/// <param name="time">The clock.</param>
internal sealed class CanaryWatch(
    ICanaryOffice office, IConvergenceProbe probe, ILoadWindow load, ICanaryBoard board, TimeProvider time)
{
    private static readonly NamespacedName Key = new(DemoManifests.Namespace, DemoManifests.Service);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly HashSet<(DateTimeOffset First, string Text)> _told = [];
    private readonly long _started = time.GetTimestamp();

    /// <summary>The run that ended last; null for none.</summary>
    public RunRecord? Last => View()?.Status.History.OrderBy(record => record.StartedAt).LastOrDefault();

    /// <summary>Waits until the canary has a primary that serves.</summary>
    /// <param name="limit">How long it may take.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False when there was none in time.</returns>
    public async Task<bool> BecomesReadyAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (!(View()?.Status.Phase.IsIdle() == true && probe.Describe(Key) is { IsLive: true } now && WeightOf(now.Wanted) == 0))
        {
            TellEvents();
            if (time.GetElapsedTime(started) >= limit)
            {
                return false;
            }

            await Task.Delay(Pause, time, cancellationToken);
        }

        TellEvents();
        return true;
    }

    /// <summary>Follows a run until it has ended.</summary>
    /// <param name="version">The version that is brought out.</param>
    /// <param name="before">The run that had ended last before it.</param>
    /// <param name="limit">How long it may take.</param>
    /// <param name="show">Shows the weight of now.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<WatchedRun> FollowAsync(
        string version, RunRecord? before, TimeSpan limit, Action<WeightSample> show, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var step = new Step(0, null, LoadCounts.None);
        long? zeroAt = null;
        while (time.GetElapsedTime(started) < limit)
        {
            var now = probe.Describe(Key);
            var (wanted, live) = (WeightOf(now.Wanted), now.IsLive);
            if (wanted != step.Wanted)
            {
                TellStep(version, step);
                zeroAt = null;
                step = new Step(wanted, null, LoadCounts.None);
            }

            if (live && step.Acknowledged is null)
            {
                step = new Step(wanted, wanted, load.Read());
                zeroAt = wanted == 0 ? time.GetTimestamp() : null;
            }

            TellEvents();
            show(step.Sample(version, load.Read()));
            if (live && wanted == 0 && View()?.Status.Phase.IsIdle() == true && Last is { } last && last != before)
            {
                return new WatchedRun(last, zeroAt, time.GetElapsedTime(started));
            }

            await Task.Delay(Pause, time, cancellationToken);
        }

        return new WatchedRun(null, null, limit);
    }

    private CanaryView? View() => office.Find(Key);

    private void TellStep(string version, Step step)
    {
        if (step.Wanted > 0)
        {
            Tell(step.Sample(version, load.Read()).ToString(), isWarning: false);
        }
    }

    private void TellEvents()
    {
        foreach (var entry in View()?.Events ?? [])
        {
            if (_told.Add((entry.First, entry.Text)))
            {
                Tell(entry.Text, entry.IsWarning);
            }
        }
    }

    private void Tell(string text, bool isWarning) => board.Line(
        string.Create(CultureInfo.InvariantCulture, $"{time.GetElapsedTime(_started).TotalSeconds,5:F1} s  {text}"), isWarning);

    private static int WeightOf(IEnumerable<BackendWeight> weights)
    {
        var all = weights.ToList();
        var sum = all.Sum(weight => (long)weight.Weight);
        var canary = all.Where(weight => weight.Backend == DemoManifests.Canary).Sum(weight => (long)weight.Weight);
        return sum == 0 ? 0 : (int)(100 * canary / sum);
    }

    private sealed record Step(int Wanted, int? Acknowledged, LoadCounts Since)
    {
        public WeightSample Sample(string version, LoadCounts now) =>
            new(version, Wanted, Acknowledged, Acknowledged is null ? null : now.PercentOf(version, Since));
    }
}

using Prometheus;

namespace XdsCanary.LoadTester.Observability;

/// <summary>What became of a task.</summary>
internal enum TaskOutcome
{
    /// <summary>It went well.</summary>
    Succeeded,

    /// <summary>It failed.</summary>
    Failed,

    /// <summary>It was not run.</summary>
    Refused,
}

/// <summary>This program's metrics, in a registry of their own.</summary>
internal sealed class LoadTesterMetrics
{
    private readonly Counter _tasks;

    /// <summary>Makes the metrics; every label value is there from the start.</summary>
    public LoadTesterMetrics()
    {
        _tasks = Metrics.WithCustomRegistry(Registry).CreateCounter("loadtester_tasks_total", "Tasks by their outcome.", "outcome");
        foreach (var outcome in Enum.GetValues<TaskOutcome>())
        {
            _tasks.WithLabels(Text(outcome));
        }
    }

    /// <summary>Where they are kept.</summary>
    public CollectorRegistry Registry { get; } = Metrics.NewCustomRegistry();

    /// <summary>Counts a task.</summary>
    /// <param name="outcome">What became of it.</param>
    public void Count(TaskOutcome outcome) => _tasks.WithLabels(Text(outcome)).Inc();

    private static string Text(TaskOutcome outcome) => outcome switch
    {
        TaskOutcome.Succeeded => "succeeded",
        TaskOutcome.Failed => "failed",
        _ => "refused",
    };
}

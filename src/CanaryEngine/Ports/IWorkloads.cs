using XdsCanary.CanaryEngine.Core;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Ports;

/// <summary>The target, its primary and its canary. Thread-safe for different canaries.</summary>
public interface IWorkloads
{
    /// <summary>Observes them. What cannot be read is a fact, not an exception.</summary>
    /// <param name="spec">The canary.</param>
    /// <param name="status">What is remembered of it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<WorkloadFacts> ObserveAsync(CanarySpec spec, CanaryStatus status, CancellationToken cancellationToken);

    /// <summary>Does one of the workload effects; harmless when it is already done.</summary>
    /// <param name="spec">The canary.</param>
    /// <param name="effect">What to do.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="WorkloadException">It could not be done; the message says why.</exception>
    ValueTask ApplyAsync(CanarySpec spec, Effect effect, CancellationToken cancellationToken);

    /// <summary>Lets the object of a deleted canary go whose spec is not accepted: its target stays as it is.</summary>
    /// <param name="key">The canary.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask LetGoAsync(NamespacedName key, CancellationToken cancellationToken);

    /// <summary>Forgets a canary that is gone.</summary>
    /// <param name="key">The canary.</param>
    void Forget(NamespacedName key);
}

/// <summary>What was observed of a canary's workloads.</summary>
/// <param name="Target">The target.</param>
/// <param name="Primary">The primary.</param>
/// <param name="Canary">The canary.</param>
public sealed record WorkloadFacts(TargetFact Target, WorkloadFact Primary, WorkloadFact Canary);

/// <summary>An effect on a workload that could not be done.</summary>
public sealed class WorkloadException : Exception
{
    /// <summary>Makes one.</summary>
    public WorkloadException()
    {
    }

    /// <summary>Makes one.</summary>
    /// <param name="message">Why it could not be done.</param>
    public WorkloadException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one.</summary>
    /// <param name="message">Why it could not be done.</param>
    /// <param name="innerException">The cause.</param>
    public WorkloadException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

using System.Collections.Immutable;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Ports;

/// <summary>Where people see canaries and ask for something. Thread-safe.</summary>
public interface ICanaryOffice
{
    /// <summary>All canaries, by name; those whose objects were never valid among them.</summary>
    ImmutableArray<CanaryView> Canaries { get; }

    /// <summary>Finds a canary.</summary>
    /// <param name="key">Its name.</param>
    /// <returns>The canary; null when there is none.</returns>
    CanaryView? Find(NamespacedName key);

    /// <summary>Asks for something on a person's behalf.</summary>
    /// <param name="key">The canary.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="cancellationToken">Ends the wait; what was asked is done nevertheless.</param>
    /// <returns>What became of it.</returns>
    Task<VerbResult> AskAsync(NamespacedName key, VerbRequest request, CancellationToken cancellationToken);
}

/// <summary>A canary as people see it.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Spec">The valid version in use; null when there was none.</param>
/// <param name="Problems">The faults of the object as it is; empty when it is valid.</param>
/// <param name="Status">What is remembered of it.</param>
/// <param name="Events">Its last events, oldest first.</param>
public sealed record CanaryView(
    NamespacedName Key,
    CanarySpec? Spec,
    ImmutableArray<ObjectProblem> Problems,
    CanaryStatus Status,
    EquatableArray<CanaryEvent> Events);

/// <summary>What became of a verb.</summary>
/// <param name="IsKnown">False when there is no such canary.</param>
/// <param name="Refusal">Why it was refused; empty when it was done.</param>
/// <param name="Status">The status after it; null when the canary is not known.</param>
public sealed record VerbResult(bool IsKnown, string Refusal, CanaryStatus? Status);

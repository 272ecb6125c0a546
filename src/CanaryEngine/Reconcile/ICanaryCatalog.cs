using System.Collections.Immutable;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Reconcile;

/// <summary>A canary as its source has it.</summary>
/// <param name="Spec">The last valid version; null when there was none.</param>
/// <param name="Problems">The faults of the version there is; empty when it is valid.</param>
/// <param name="IsDeleted">Its object is gone.</param>
internal sealed record CatalogEntry(CanarySpec? Spec, ImmutableArray<ObjectProblem> Problems, bool IsDeleted = false);

/// <summary>The canaries that there are. Thread-safe.</summary>
internal interface ICanaryCatalog
{
    /// <summary>The names of all canaries, sorted.</summary>
    ImmutableArray<NamespacedName> Keys { get; }

    /// <summary>Finds a canary.</summary>
    /// <param name="key">Its name.</param>
    /// <returns>The canary; null when there is none.</returns>
    CatalogEntry? Find(NamespacedName key);

    /// <summary>Says that a deleted canary has been dealt with.</summary>
    /// <param name="key">Its name.</param>
    void Forget(NamespacedName key);

    /// <summary>Waits for canaries, or what they are made of, to change.</summary>
    /// <param name="cancellationToken">Ends the wait with <see cref="OperationCanceledException"/>.</param>
    /// <returns>The canaries concerned.</returns>
    Task<IReadOnlyCollection<NamespacedName>> WaitForChangesAsync(CancellationToken cancellationToken);
}

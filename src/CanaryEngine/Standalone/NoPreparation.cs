using XdsCanary.CanaryEngine.Reconcile;

namespace XdsCanary.CanaryEngine.Standalone;

/// <summary>There are no replicas: the catalogue has read the states before anything else starts.</summary>
internal sealed class NoPreparation : ITermPreparation
{
    /// <inheritdoc/>
    public Task PrepareAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

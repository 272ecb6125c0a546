using XdsCanary.CanaryEngine.Reconcile;
using XdsCanary.CanaryEngine.Resources;

namespace XdsCanary.CanaryEngine.Kubernetes;

/// <summary>Prepares a term of leadership: what an earlier term remembered is forgotten, and what the last leader wrote is read.</summary>
/// <param name="objects">The cluster.</param>
/// <param name="memory">What is remembered.</param>
/// <param name="router">The traffic.</param>
/// <param name="catalog">The canaries, all of which are looked at then.</param>
internal sealed class ClusterTerm(ClusterObjects objects, ClusterMemory memory, SplitRouter router, ClusterCatalog catalog)
    : ITermPreparation
{
    /// <inheritdoc/>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        memory.Clear();
        router.Clear();
        await objects.Definitions.RefreshAsync(CanaryKinds.Group, CanaryKinds.Canary, cancellationToken);
        await objects.Mesh.RefreshAsync(ClusterKinds.SplitGroup, ClusterKinds.Split, cancellationToken);
        router.Begin();
        catalog.ChangeAll();
    }
}

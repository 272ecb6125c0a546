using System.Collections.Immutable;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.KubeRuntime.Leadership;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Reconcile;

/// <summary>The engine's side towards people. Thread-safe.</summary>
/// <param name="catalog">The canaries.</param>
/// <param name="store">What is remembered of them.</param>
/// <param name="controller">Does what is asked.</param>
/// <param name="leadership">Tells whether this replica does it.</param>
internal sealed class CanaryOffice(
    ICanaryCatalog catalog, ICanaryStore store, CanaryController controller, ILeadership leadership) : ICanaryOffice
{
    /// <inheritdoc/>
    public ImmutableArray<CanaryView> Canaries => [.. catalog.Keys.Select(Find).OfType<CanaryView>()];

    /// <inheritdoc/>
    public CanaryView? Find(NamespacedName key) => catalog.Find(key) is { } entry
        ? new CanaryView(key, entry.Spec, entry.Problems, store.StatusOf(key), store.EventsOf(key))
        : null;

    /// <inheritdoc/>
    public async Task<VerbResult> AskAsync(NamespacedName key, VerbRequest request, CancellationToken cancellationToken)
    {
        if (leadership.State == LeadershipState.Following)
        {
            var leader = leadership.Leader.Length > 0 ? $"ask the leader, {leadership.Leader}" : "nobody leads yet, ask again";
            return new VerbResult(true, $"This replica does not look after canaries: {leader}.", null);
        }

        return await controller.AskAsync(key, request, cancellationToken) is { } result
            ? new VerbResult(true, result.Refusal, result.Status)
            : new VerbResult(false, $"There is no valid canary {key}.", null);
    }
}

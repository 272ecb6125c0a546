using Microsoft.Extensions.Hosting;
using XdsCanary.KubeRuntime.Leadership;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Kubernetes;

/// <summary>
/// Writes what could not be written when it was done, once the API server answers again; and keeps the traffic half's view of the
/// cluster up to date. What waits is dropped when another replica leads.
/// </summary>
/// <param name="leadership">Tells whether this replica leads.</param>
/// <param name="memory">What is remembered.</param>
/// <param name="router">The traffic.</param>
/// <param name="told">What the leader tells.</param>
/// <param name="layer">The traffic half's view.</param>
/// <param name="time">The clock.</param>
internal sealed class CatchUpLoop(
    ILeadership leadership, ClusterMemory memory, SplitRouter router, ToldRoutes told, LayeredObjectSource layer, TimeProvider time)
    : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        layer.CompleteUpper();
        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(layer.FollowAsync(stoppingToken), CatchUpAsync(stoppingToken));

    private async Task CatchUpAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await Task.Delay(Pause, time, stoppingToken);
            told.Review();
            if (leadership.State != LeadershipState.Following)
            {
                await router.TellPeersAsync(stoppingToken);
            }

            if (leadership.MayWrite)
            {
                await router.CatchUpAsync(stoppingToken);
                await memory.CatchUpAsync(stoppingToken);
            }
            else if (leadership.State == LeadershipState.Following)
            {
                router.Clear();
                memory.Clear();
            }
        }
    }
}

using Microsoft.Extensions.Hosting;
using XdsCanary.KubeRuntime.Leadership;

namespace XdsCanary.CanaryEngine.Kubernetes;

/// <summary>
/// Has canaries looked at again whose objects could not be put right, or have changed since: between runs nothing else may call for it.
/// </summary>
/// <param name="leadership">Tells whether this replica may write.</param>
/// <param name="workloads">Knows which ones.</param>
/// <param name="catalog">Has them looked at.</param>
/// <param name="time">The clock.</param>
internal sealed class UpkeepLoop(
    ILeadership leadership, ClusterWorkloads workloads, ClusterCatalog catalog, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await Task.Delay(Pause, time, stoppingToken);
            if (leadership.MayWrite)
            {
                catalog.Change(workloads.Owing);
            }
        }
    }
}

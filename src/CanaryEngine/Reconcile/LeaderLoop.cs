using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using XdsCanary.CanaryEngine.Observability;
using XdsCanary.KubeRuntime.Leadership;

namespace XdsCanary.CanaryEngine.Reconcile;

/// <summary>
/// Runs the controller while this replica leads. A term goes on while the replica is detached: it can write nothing then, but it can
/// still take a bad revision out of the traffic. It ends at once when another replica leads.
/// </summary>
/// <param name="leadership">Tells when.</param>
/// <param name="preparation">Prepares each term.</param>
/// <param name="controller">Looks after the canaries.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed class LeaderLoop(
    ILeadership leadership,
    ITermPreparation preparation,
    CanaryController controller,
    TimeProvider time,
    ILogger<LeaderLoop> logger) : BackgroundService
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await WaitAsync(state => state == LeadershipState.Leading, stoppingToken);
            using var term = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            var running = RunTermAsync(term.Token);
            var ended = WaitAsync(state => state == LeadershipState.Following, term.Token);
            await Task.WhenAny(running, ended);
            await term.CancelAsync();
            await Task.WhenAll(running, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            stoppingToken.ThrowIfCancellationRequested();
        }
    }

    private async Task RunTermAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await preparation.PrepareAsync(cancellationToken);
                break;
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                logger.TermNotPrepared(exception.Message);
                await Task.Delay(Retry, time, cancellationToken);
            }
        }

        await controller.RunAsync(cancellationToken);
    }

    private async Task WaitAsync(Func<LeadershipState, bool> isReached, CancellationToken cancellationToken)
    {
        while (true)
        {
            var seen = leadership.Changed.Version;
            if (isReached(leadership.State))
            {
                return;
            }

            await leadership.Changed.WaitAsync(seen, cancellationToken);
        }
    }
}

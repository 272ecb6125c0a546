using System.Text.Json.Nodes;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using XdsCanary.KubeRuntime.Api;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.KubeRuntime.Leadership;

/// <summary>
/// Competes for a Lease. A leader that cannot renew stops to write before the lease runs out by its own clock, so that there are never
/// two that write; it gives the lease up when it stops, so that another replica need not wait. Thread-safe.
/// </summary>
/// <param name="client">The API server.</param>
/// <param name="options">The lease.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
public sealed class LeaseGate(KubeClient client, LeaseOptions options, TimeProvider time, ILogger<LeaseGate> logger)
    : BackgroundService, ILeadership
{
    private static readonly ApiResource Leases = new("coordination.k8s.io", "v1", "leases", "Lease");
    private static readonly TimeSpan GiveUpLimit = TimeSpan.FromSeconds(3);

    private readonly long _epoch = time.GetTimestamp();
    private LeaseView _view = new();
    private long _writeUntil;
    private volatile bool _isInTrouble;
    private volatile string _leader = string.Empty;
    private volatile int _state = (int)LeadershipState.Following;

    /// <inheritdoc/>
    public LeadershipState State => (LeadershipState)_state;

    /// <inheritdoc/>
    public bool MayWrite => State == LeadershipState.Leading && Now.Ticks < Interlocked.Read(ref _writeUntil);

    /// <inheritdoc/>
    public string Leader => _leader;

    /// <inheritdoc/>
    public ChangeSignal Changed { get; } = new();

    private TimeSpan Now => time.GetElapsedTime(_epoch);

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        var led = State == LeadershipState.Leading;
        await base.StopAsync(cancellationToken);
        Become(LeadershipState.Following, string.Empty);
        if (led)
        {
            await GiveUpAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await CompeteAsync(stoppingToken);
            await Task.Delay(options.RetryPeriod, time, stoppingToken);
        }
    }

    private async Task CompeteAsync(CancellationToken cancellationToken)
    {
        var started = Now;
        try
        {
            var lease = await client.FindAsync(Leases, options.Name, cancellationToken);
            _view = lease is null ? new LeaseView() : LeaseRecord.Read(_view, lease, Now);
            if (!_view.IsFree(options.Identity, Now))
            {
                Become(LeadershipState.Following, _view.Holder);
                return;
            }

            var record = LeaseRecord.Take(_view, options, time.GetUtcNow());
            await WriteAsync(record, cancellationToken);
            Interlocked.Exchange(ref _writeUntil, (started + options.Duration - options.Margin).Ticks);
            Become(LeadershipState.Leading, options.Identity);
            _isInTrouble = false;
        }
        catch (KubeException exception) when (exception.Fault == KubeFault.Conflict)
        {
            // Somebody was quicker; who it was is seen at the next look.
        }
        catch (KubeException exception)
        {
            Report(exception);
        }
        finally
        {
            if (State == LeadershipState.Leading && !MayWrite)
            {
                Become(LeadershipState.Detached, options.Identity);
            }
        }
    }

    private async Task WriteAsync(JsonObject record, CancellationToken cancellationToken)
    {
        var written = _view.Version.Length == 0
            ? await client.CreateAsync(Leases, options.Name.Namespace, record, cancellationToken)
            : await client.ReplaceAsync(Leases, options.Name, record, cancellationToken);
        _view = LeaseRecord.Read(_view, written, Now);
    }

    private async Task GiveUpAsync(CancellationToken cancellationToken)
    {
        using var limit = new CallLimit(GiveUpLimit, time, cancellationToken);
        try
        {
            await client.ReplaceAsync(Leases, options.Name, LeaseRecord.GiveUp(_view, options), limit.Token);
        }
        catch (Exception exception) when (exception is KubeException or OperationCanceledException)
        {
            logger.LeaseTroubled(options.Name, exception.Message);
        }
    }

    private void Become(LeadershipState state, string leader)
    {
        var before = (LeadershipState)Interlocked.Exchange(ref _state, (int)state);
        var isSame = before == state && _leader == leader;
        _leader = leader;
        if (isSame)
        {
            return;
        }

        switch (state)
        {
            case LeadershipState.Leading:
                logger.LeadershipGained(options.Identity);
                break;
            case LeadershipState.Detached:
                logger.LeadershipUncertain(options.Identity);
                break;
            case LeadershipState.Following when before != LeadershipState.Following:
                logger.LeadershipLost(options.Identity, leader);
                break;
            default:
                logger.LeaderSeen(leader);
                break;
        }

        Changed.Raise();
    }

    private void Report(KubeException exception)
    {
        if (!_isInTrouble)
        {
            logger.LeaseTroubled(options.Name, exception.Message);
            _isInTrouble = true;
        }
    }
}

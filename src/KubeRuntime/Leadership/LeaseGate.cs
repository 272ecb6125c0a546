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
    private LeaseView _written = new();
    private long _writeUntil;
    private long _writeUntilOfDay;
    private KubeFault? _trouble;
    private volatile string _leader = string.Empty;
    private volatile int _term;
    private volatile int _state = (int)LeadershipState.Following;

    /// <inheritdoc/>
    public LeadershipState State => (LeadershipState)_state;

    /// <inheritdoc/>
    public bool MayWrite => State == LeadershipState.Leading
        && Now.Ticks < Interlocked.Read(ref _writeUntil)
        // The monotonic clock stands still while a machine sleeps; the lease runs out nevertheless.
        && time.GetUtcNow().UtcTicks < Interlocked.Read(ref _writeUntilOfDay);

    /// <inheritdoc/>
    public string Leader => _leader;

    /// <inheritdoc/>
    public int Term => _term;

    /// <inheritdoc/>
    public ChangeSignal Changed { get; } = new();

    private TimeSpan Now => time.GetElapsedTime(_epoch);

    // Several attempts fit into a lease, so that one that is not answered does not cost it.
    private TimeSpan AttemptLimit
    {
        get
        {
            var third = (options.Duration - options.Margin) / 3;
            return third > options.RetryPeriod ? third : options.RetryPeriod;
        }
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        Become(LeadershipState.Following, string.Empty);
        if (_view.Holder == options.Identity)
        {
            await GiveUpAsync(cancellationToken);
        }
    }

    /// <summary>Competes until cancelled.</summary>
    /// <param name="cancellationToken">Ends it with <see cref="OperationCanceledException"/>.</param>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await CompeteAsync(cancellationToken);
            await Task.Delay(_view.Wait(options.Identity, options.RetryPeriod, Now), time, cancellationToken);
        }
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => RunAsync(stoppingToken);

    private async Task CompeteAsync(CancellationToken cancellationToken)
    {
        using var limit = new CallLimit(AttemptLimit, time, cancellationToken);
        try
        {
            await TryAsync(limit.Token);
            _trouble = null;
        }
        catch (KubeException exception) when (exception.Fault == KubeFault.Conflict)
        {
            // Somebody was quicker; who it was is seen at the next look.
        }
        catch (KubeException exception)
        {
            Report(exception.Fault, exception.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Report(KubeFault.Unavailable, $"no answer within {AttemptLimit.TotalSeconds:0.#} s");
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // Whatever is written there: a record that cannot be used must not end the program.
            Report(KubeFault.Invalid, exception.Message);
        }
        finally
        {
            if (State == LeadershipState.Leading && !MayWrite)
            {
                Become(LeadershipState.Detached, options.Identity);
            }
        }
    }

    private async Task TryAsync(CancellationToken cancellationToken)
    {
        var (started, startedOfDay) = (Now, time.GetUtcNow());
        var lease = await client.FindAsync(Leases, options.Name, cancellationToken);
        _view = lease is null ? _view.Missing(Now) : LeaseRecord.Read(_view, lease, options.Duration, Now);
        // Who led before another did must not go on with what it remembers: its term ends, even if the lease is free again.
        var isOver = State != LeadershipState.Following && _view.WasTakenSince(_written);
        if (isOver || !_view.IsFree(options.Identity, Now))
        {
            Become(LeadershipState.Following, _view.Holder);
            _term = _view.Transitions;
            return;
        }

        var record = LeaseRecord.Take(lease, _view, options, time.GetUtcNow());
        var written = lease is null
            ? await client.CreateAsync(Leases, options.Name.Namespace, record, cancellationToken)
            : await client.ReplaceAsync(Leases, options.Name, record, cancellationToken);
        _view = LeaseRecord.Read(_view, written, options.Duration, Now);
        _written = _view;
        _term = _view.Transitions;
        // Who was told to stop meanwhile does not begin to lead.
        cancellationToken.ThrowIfCancellationRequested();
        var lasts = options.Duration - options.Margin;
        Interlocked.Exchange(ref _writeUntilOfDay, (startedOfDay + lasts).UtcTicks);
        Interlocked.Exchange(ref _writeUntil, (started + lasts).Ticks);
        Become(LeadershipState.Leading, options.Identity);
    }

    private async Task GiveUpAsync(CancellationToken cancellationToken)
    {
        using var limit = new CallLimit(GiveUpLimit, time, cancellationToken);
        try
        {
            // Read again: a renewal that was cut short may have been written.
            var lease = await client.FindAsync(Leases, options.Name, limit.Token);
            if (lease is not null && LeaseRecord.Read(_view, lease, options.Duration, Now).Holder == options.Identity)
            {
                await client.ReplaceAsync(Leases, options.Name, LeaseRecord.GiveUp(lease, options), limit.Token);
            }
        }
        catch (Exception exception)
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

    private void Report(KubeFault fault, string trouble)
    {
        if (_trouble != fault)
        {
            logger.LeaseTroubled(options.Name, trouble);
            _trouble = fault;
        }
    }
}

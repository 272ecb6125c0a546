using System.Collections.Immutable;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Observability;
using XdsCanary.XdsServer.Streams;

namespace XdsCanary.XdsServer.Peers;

/// <summary>
/// Tells which weights are live over all replicas: each is asked for its own proxies when somebody wants to know, for that costs a
/// millisecond, and nothing has to be kept in step. Thread-safe.
/// </summary>
/// <param name="local">The proxies of this replica.</param>
/// <param name="directory">The other replicas.</param>
/// <param name="http">Calls them.</param>
/// <param name="token">What they want to be shown.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed class PeerConvergence(
    ConvergenceTracker local, PeerDirectory directory, HttpClient http, string token, TimeProvider time, ILogger<PeerConvergence> logger)
    : IConvergenceProbe
{
    private readonly long _epoch = time.GetTimestamp();
    private readonly Lock _gate = new();
    private ImmutableDictionary<Uri, PeerMemory> _memories = ImmutableDictionary<Uri, PeerMemory>.Empty;

    private TimeSpan Now => time.GetElapsedTime(_epoch);

    /// <inheritdoc/>
    public ServiceConvergence Describe(NamespacedName service) => local.Describe(service);

    /// <inheritdoc/>
    public async ValueTask<ServiceConvergence> DescribeFleetAsync(
        NamespacedName service, TimeSpan patience, CancellationToken cancellationToken)
    {
        var peers = directory.Peers;
        Keep(peers);

        // Asked first: what is published here in between counts against the others, never for them.
        var reports = await Task.WhenAll(peers.Select(peer => AskAsync(peer, service, cancellationToken)));
        var sum = local.DescribeWanted(service);
        for (var index = 0; index < peers.Length; index++)
        {
            sum = reports[index] is { } report
                ? FleetConvergence.With(sum, report)
                : FleetConvergence.Without(sum, peers[index].Authority, ProxiesOf(peers[index], service, patience));
        }

        return sum;
    }

    private async Task<PeerReport?> AskAsync(Uri peer, NamespacedName service, CancellationToken cancellationToken)
    {
        var askedAt = Now;
        try
        {
            var report = await PeerCalls.ReportAsync(http, peer, token, service, cancellationToken);
            var (before, _) = Change(peer, memory => memory.Answering(service, report, Now));
            if (before.SilentSince is not null)
            {
                logger.PeerAnswers(peer.Authority);
            }

            return report;
        }
        catch (Exception exception) when (PeerCalls.IsNoAnswer(exception, cancellationToken))
        {
            var (before, after) = Change(peer, memory => memory.Silent(askedAt));
            if (before.SilentSince is null && after.SilentSince is not null)
            {
                logger.PeerSilent(peer.Authority, exception.Message);
            }

            return null;
        }
    }

    private int ProxiesOf(Uri silent, NamespacedName service, TimeSpan patience)
    {
        var now = Now;
        var (before, after) = Change(silent, memory => memory.Judged(patience, now));
        if (after.IsForgotten && !before.IsForgotten && after is { HasProxies: true, SilentSince: { } since })
        {
            logger.PeerForgotten(silent.Authority, Math.Round((now - since).TotalSeconds));
        }

        return after.ProxiesOf(service, patience, now);
    }

    private void Keep(ImmutableArray<Uri> listed)
    {
        lock (_gate)
        {
            Volatile.Write(ref _memories, _memories.RemoveRange(_memories.Keys.Except(listed)));
        }
    }

    private (PeerMemory Before, PeerMemory After) Change(Uri peer, Func<PeerMemory, PeerMemory> change)
    {
        lock (_gate)
        {
            var before = _memories.GetValueOrDefault(peer, PeerMemory.None);
            var after = change(before);
            Volatile.Write(ref _memories, _memories.SetItem(peer, after));
            return (before, after);
        }
    }
}

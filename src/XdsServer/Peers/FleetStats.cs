using System.Collections.Immutable;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Observability;
using XdsCanary.XdsServer.Streams;

namespace XdsCanary.XdsServer.Peers;

/// <summary>
/// Knows where the statistics of all replicas' proxies can be read: each replica is asked for its own before each reading, so that
/// whoever comes to lead reads all of them at once, and those that connect elsewhere later as well. Thread-safe.
/// </summary>
/// <param name="local">Those of this replica.</param>
/// <param name="directory">The other replicas.</param>
/// <param name="http">Calls them.</param>
/// <param name="token">What they want to be shown.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed class FleetStats(
    ConnectedProxyStats local, PeerDirectory directory, HttpClient http, string token, TimeProvider time, ILogger<FleetStats> logger)
    : IProxyStats
{
    /// <summary>A report about no service: every build of this server answers with the addresses of its proxies.</summary>
    private static readonly NamespacedName NoService = new(string.Empty, string.Empty);

    private ImmutableDictionary<Uri, Told> _told = ImmutableDictionary<Uri, Told>.Empty;
    private ImmutableHashSet<Uri> _silent = [];

    /// <inheritdoc/>
    public async ValueTask<ImmutableArray<ProxyEndpoint>> FindAsync(CancellationToken cancellationToken)
    {
        var peers = directory.Peers;
        ImmutableInterlocked.Update(ref _silent, silent => silent.Intersect(peers));

        // One that has not answered is not waited for again: readings would come late for as long as a lost node is listed. What it
        // says when it is back counts from then on.
        var silent = _silent;
        foreach (var peer in peers.Where(silent.Contains))
        {
            _ = AskAsync(peer, CancellationToken.None);
        }

        await Task.WhenAll(peers.Except(silent).Select(peer => AskAsync(peer, cancellationToken)));

        // Proxies of a replica that is dead, or not listed any more, are soon with another one and can be read meanwhile.
        ImmutableInterlocked.Update(ref _told, told => told.RemoveRange(
            told.Where(pair => time.GetElapsedTime(pair.Value.AskedAt) >= PeerMemory.LongestSilence).Select(pair => pair.Key)));
        return ProxyEndpoint.Once(local.Proxies.Concat(_told.Values.SelectMany(told => told.Proxies)));
    }

    private async Task AskAsync(Uri peer, CancellationToken cancellationToken)
    {
        var askedAt = time.GetTimestamp();
        try
        {
            var report = await PeerCalls.ReportAsync(http, peer, token, NoService, cancellationToken);
            var told = new Told(report.FindProxies(), askedAt);
            ImmutableInterlocked.AddOrUpdate(ref _told, peer, told, (_, known) => known.AskedAt > askedAt ? known : told);
            if (ImmutableInterlocked.Update(ref _silent, silent => silent.Remove(peer)))
            {
                logger.PeerTellsProxies(peer.Authority);
            }
        }
        catch (Exception exception) when (PeerCalls.IsNoAnswer(exception, cancellationToken))
        {
            if (ImmutableInterlocked.Update(ref _silent, silent => silent.Add(peer)))
            {
                logger.PeerHidesProxies(peer.Authority, exception.Message);
            }
        }
    }

    private sealed record Told(ImmutableArray<ProxyEndpoint> Proxies, long AskedAt);
}

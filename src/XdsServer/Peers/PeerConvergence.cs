using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net.Http.Headers;
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
/// <param name="logger">The log.</param>
internal sealed class PeerConvergence(
    ConvergenceTracker local, PeerDirectory directory, HttpClient http, string token, ILogger<PeerConvergence> logger)
    : IConvergenceProbe, IProxyStatsOfPeers
{
    /// <summary>The path of reports.</summary>
    public const string Path = "/api/peer/convergence";

    private readonly ConcurrentDictionary<Uri, PeerReport> _last = new();
    private readonly ConcurrentDictionary<Uri, bool> _silent = new();

    /// <inheritdoc/>
    public ImmutableArray<Uri> Endpoints => [.. _last.Values.SelectMany(report => report.StatsEndpoints).Distinct()];

    /// <inheritdoc/>
    public ServiceConvergence Describe(NamespacedName service) => local.Describe(service);

    /// <inheritdoc/>
    public async ValueTask<ServiceConvergence> DescribeFleetAsync(NamespacedName service, CancellationToken cancellationToken)
    {
        var peers = directory.Peers;
        foreach (var gone in _last.Keys.Except(peers))
        {
            _last.TryRemove(gone, out _);
        }

        // Asked first: what is published here in between counts against the others, never for them.
        var reports = await Task.WhenAll(peers.Select(peer => AskAsync(peer, service, cancellationToken)));
        var sum = local.DescribeWanted(service);
        for (var index = 0; index < peers.Length; index++)
        {
            sum = reports[index] is { } report
                ? FleetConvergence.With(sum, report)
                : FleetConvergence.Without(sum, peers[index].Authority, _last.GetValueOrDefault(peers[index])?.Proxies ?? 0);
        }

        return sum;
    }

    private async Task<PeerReport?> AskAsync(Uri peer, NamespacedName service, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(
                HttpMethod.Get, new Uri(peer, $"{Path}?namespace={service.Namespace}&name={service.Name}"));
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            using var response = await http.SendAsync(request, cancellationToken);
            response.EnsureSuccessStatusCode();
            var report = await response.Content.ReadFromJsonAsync(PeerJson.Default.PeerReport, cancellationToken);
            if (report is not null)
            {
                _last[peer] = report;
                if (_silent.TryRemove(peer, out _))
                {
                    logger.PeerAnswers(peer.Authority);
                }
            }

            return report;
        }
        catch (Exception exception) when (PeerCalls.IsNoAnswer(exception, cancellationToken))
        {
            if (_silent.TryAdd(peer, true))
            {
                logger.PeerSilent(peer.Authority, exception.Message);
            }

            return null;
        }
    }
}

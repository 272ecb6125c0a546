using System.Collections.Immutable;
using XdsCanary.CanaryEngine.Ports;

namespace XdsCanary.CanaryEngine.Metrics.EnvoyStats;

/// <summary>Reads the counts of clusters off a proxy's admin interface. Thread-safe.</summary>
/// <param name="timeout">How long a proxy may take.</param>
/// <param name="time">The clock.</param>
internal sealed class EnvoyStatsReader(TimeSpan timeout, TimeProvider time) : IDisposable
{
    // Envoy takes 60 KiB of headers, and compiles the filter anew for each request.
    private const int FilterLimit = 4096;
    private const string AnyCluster = @"^cluster\..+\.upstream_rq_([1-5][0-9][0-9]|time)$";
    private const int BodyLimit = 16 * 1024 * 1024;

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false })
    {
        // The limit is the reader's own, on its clock.
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = BodyLimit,
    };

    /// <summary>Reads a proxy.</summary>
    /// <param name="proxy">Which.</param>
    /// <param name="clusters">The clusters' names in statistics.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<ProxyReading> ReadAsync(
        ProxyEndpoint proxy, IReadOnlyCollection<string> clusters, CancellationToken cancellationToken)
    {
        var filter = StatsTextReader.FilterOf(clusters);
        var address = new UriBuilder(proxy.Address)
        {
            Path = $"{proxy.Address.AbsolutePath.TrimEnd('/')}/stats/prometheus",
            Query = $"filter={Uri.EscapeDataString(filter.Length <= FilterLimit ? filter : AnyCluster)}",
        };
        using var limit = new CancellationTokenSource(timeout, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            using var response = await _http.GetAsync(address.Uri, end.Token);
            return response.IsSuccessStatusCode
                ? new ProxyReading(proxy, StatsTextReader.Read(await response.Content.ReadAsStringAsync(end.Token)), string.Empty)
                : Failed($"status {(int)response.StatusCode}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Failed($"no answer within {timeout.TotalSeconds:0.#} s");
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException)
        {
            return Failed(fault.Message);
        }

        ProxyReading Failed(string reason) => new(proxy, ImmutableDictionary<string, ClusterCounts>.Empty, reason);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}

/// <summary>What a proxy said.</summary>
/// <param name="Proxy">Which.</param>
/// <param name="Clusters">Counts by the cluster's name in statistics.</param>
/// <param name="Problem">Why it said nothing; empty when it did.</param>
internal sealed record ProxyReading(ProxyEndpoint Proxy, ImmutableDictionary<string, ClusterCounts> Clusters, string Problem)
{
    /// <summary>Its address.</summary>
    public Uri Address => Proxy.Address;

    /// <summary>It could be read.</summary>
    public bool IsRead => Problem.Length == 0;
}

using System.Collections.Concurrent;
using System.Net;
using XdsCanary.DemoProxy.Model;

namespace XdsCanary.DemoProxy.Serving;

/// <summary>The connections to endpoints: one pool per connect timeout. Thread-safe.</summary>
internal sealed class UpstreamClients : IDisposable
{
    private readonly ConcurrentDictionary<TimeSpan, HttpMessageInvoker> _byTimeout = new();

    /// <summary>The client for a cluster.</summary>
    /// <param name="cluster">The cluster.</param>
    public HttpMessageInvoker For(ClusterSpec cluster) => _byTimeout.GetOrAdd(cluster.ConnectTimeout, Create);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var client in _byTimeout.Values)
        {
            client.Dispose();
        }
    }

    // A proxy passes everything on as it is: no redirects followed, nothing decompressed, no cookies, no trace headers added.
    private static HttpMessageInvoker Create(TimeSpan connectTimeout) => new(new SocketsHttpHandler
    {
        ActivityHeadersPropagator = null,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = connectTimeout,
        EnableMultipleHttp2Connections = true,
        UseCookies = false,
        UseProxy = false,
    });
}

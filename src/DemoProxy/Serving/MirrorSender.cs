using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using XdsCanary.DemoProxy.Model;
using XdsCanary.DemoProxy.Stats;

namespace XdsCanary.DemoProxy.Serving;

/// <summary>
/// Sends copies of requests and drops the answers. The request itself does not wait for them, and they outlive it. Thread-safe.
/// </summary>
/// <param name="clients">The connections to endpoints.</param>
/// <param name="stats">The statistics; a copy counts as a request of its cluster.</param>
/// <param name="time">The clock.</param>
internal sealed class MirrorSender(UpstreamClients clients, ProxyStats stats, TimeProvider time)
{
    /// <summary>The longest body that is copied; a request with a longer one, or one of unknown length, is not.</summary>
    public const int MaximumBody = 64 * 1024;

    private const string HostSuffix = "-shadow";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    private readonly EndpointPicker _picker = new();

    /// <summary>Makes the body of a request readable more than once, if it is short enough.</summary>
    /// <param name="context">The request, not read yet.</param>
    /// <returns>The body; empty for none; null when it is too long to be copied.</returns>
    public static async Task<byte[]?> ReadBodyAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == false)
        {
            return [];
        }

        if (context.Request.ContentLength is not { } length || length > MaximumBody)
        {
            return null;
        }

        var body = new byte[length];
        await context.Request.Body.ReadExactlyAsync(body, context.RequestAborted);
        context.Request.Body = new MemoryStream(body, writable: false);
        return body;
    }

    /// <summary>Sends a copy; returns once it is made.</summary>
    /// <param name="context">The request.</param>
    /// <param name="body">Its body.</param>
    /// <param name="facts">What routing saw of it.</param>
    /// <param name="cluster">The cluster that gets the copy.</param>
    public async Task SendAsync(HttpContext context, byte[] body, RequestFacts facts, ServingCluster cluster)
    {
        if (_picker.Next(cluster) is not { } endpoint)
        {
            return;
        }

        var copy = new HttpRequestMessage(HttpMethod.Parse(facts.Method), endpoint.Url)
        {
            Content = body.Length > 0 ? new ByteArrayContent(body) : null,
            Version = cluster.Spec.Http2 ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        await new UpstreamTransformer(ShadowHost(facts.Authority), facts.PathAndQuery, [])
            .TransformRequestAsync(context, copy, endpoint.Url, context.RequestAborted);
        _ = DeliverAsync(copy, cluster.Spec);
    }

    // Envoy marks copies so, before the port.
    private static string ShadowHost(string authority)
    {
        var host = Authority.Normalize(authority, ignorePort: true);
        return host.Length > 0 && authority.StartsWith(host, StringComparison.Ordinal)
            ? host + HostSuffix + authority[host.Length..]
            : authority + HostSuffix;
    }

    private async Task DeliverAsync(HttpRequestMessage copy, ClusterSpec cluster)
    {
        var counters = stats.Cluster(cluster.StatName);
        counters.Started();
        var started = time.GetTimestamp();
        using var timeout = new CancellationTokenSource(Limit, time);
        try
        {
            using var sent = copy;
            using var answer = await clients.For(cluster).SendAsync(copy, timeout.Token);
            await answer.Content.CopyToAsync(Stream.Null, timeout.Token);
            counters.Answered((int)answer.StatusCode, time.GetElapsedTime(started));
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // Nobody waits for the copy; that it failed shows in the statistics only.
            counters.Answered(StatusCodes.Status503ServiceUnavailable, elapsed: null);
        }
    }
}

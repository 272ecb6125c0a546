using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using XdsCanary.DemoProxy.Model;
using XdsCanary.DemoProxy.Stats;

namespace XdsCanary.DemoProxy.Serving;

/// <summary>Handles the requests of all listeners: finds the route, chooses the cluster, forwards or answers.</summary>
/// <param name="config">The configuration in service.</param>
/// <param name="forwarder">Sends requests to endpoints.</param>
/// <param name="mirror">Sends copies of requests.</param>
/// <param name="stats">The statistics.</param>
/// <param name="random">Chooses between weighted clusters, and what is copied.</param>
internal sealed class RequestHandler(
    ConfigHolder config, UpstreamForwarder forwarder, MirrorSender mirror, ProxyStats stats, SharedRandom random)
{
    /// <summary>Handles a request.</summary>
    /// <param name="listenerName">The listener that it arrived at.</param>
    /// <param name="context">The request.</param>
    public async Task HandleAsync(string listenerName, HttpContext context)
    {
        // Read once, so that route and clusters are of one configuration.
        var current = config.Current;
        if (!current.Listeners.TryGetValue(listenerName, out var listener))
        {
            // The listener was removed and is being closed.
            await LocalReply.NoRoute.WriteAsync(context);
            return;
        }

        var counters = stats.Downstream(listener.Spec.StatPrefix);
        counters.Received();
        await RouteAsync(context, listener, current);
        counters.Statuses.Record(context.Response.StatusCode);
    }

    private async Task RouteAsync(HttpContext context, ServingListener listener, ProxyConfig current)
    {
        var facts = Read(context);
        switch (listener.Routes.Find(facts, listener.Spec.IgnorePort)?.Action)
        {
            case RouteAction.Forward forward:
                await MirrorAsync(context, facts, forward, current);
                var share = forward.Clusters.At(random.Next(forward.Clusters.Total));
                await (current.Clusters.TryGetValue(share.Cluster, out var cluster)
                    ? forwarder.ForwardAsync(context, facts, forward, share, cluster)
                    : LocalReply.NoCluster(forward.MissingClusterStatus).WriteAsync(context));
                break;
            case RouteAction.Answer answer:
                context.Response.StatusCode = answer.Status;
                if (!answer.Body.IsEmpty)
                {
                    context.Response.ContentType = "text/plain";
                    await context.Response.Body.WriteAsync(answer.Body.AsMemory(), context.RequestAborted);
                }

                break;
            default:
                await LocalReply.NoRoute.WriteAsync(context);
                break;
        }
    }

    private async Task MirrorAsync(HttpContext context, RequestFacts facts, RouteAction.Forward forward, ProxyConfig current)
    {
        List<ServingCluster>? clusters = null;
        foreach (var share in forward.Mirrors)
        {
            if (random.Next(share.Denominator) < share.Numerator && current.Clusters.TryGetValue(share.Cluster, out var cluster))
            {
                (clusters ??= []).Add(cluster);
            }
        }

        if (clusters is null || await MirrorSender.ReadBodyAsync(context) is not { } body)
        {
            return;
        }

        foreach (var cluster in clusters)
        {
            await mirror.SendAsync(context, body, facts, cluster);
        }
    }

    private static RequestFacts Read(HttpContext context)
    {
        var request = context.Request;
        // The raw target is the path as it was sent; in the form for forward proxies it is a whole URL.
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var path = target.StartsWith('/') ? target : request.Path.ToUriComponent() + request.QueryString.ToUriComponent();
        var headers = request.Headers;
        return new RequestFacts(
            request.Method, request.Scheme, request.Host.Value ?? string.Empty, path,
            name => headers.TryGetValue(name, out var values) ? values : default);
    }
}

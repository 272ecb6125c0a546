using System.Net;
using Microsoft.AspNetCore.Http;
using XdsCanary.DemoProxy.Model;
using XdsCanary.DemoProxy.Stats;
using Yarp.ReverseProxy.Forwarder;

namespace XdsCanary.DemoProxy.Serving;

/// <summary>Sends requests to endpoints and counts what comes of it.</summary>
/// <param name="forwarder">Copies requests and answers.</param>
/// <param name="clients">The connections to endpoints.</param>
/// <param name="stats">The statistics.</param>
/// <param name="time">The clock.</param>
internal sealed class UpstreamForwarder(IHttpForwarder forwarder, UpstreamClients clients, ProxyStats stats, TimeProvider time)
{
    // Envoy's stream_idle_timeout; the route's timeout is kept separately and covers the whole answer.
    private static readonly TimeSpan IdleLimit = TimeSpan.FromMinutes(5);

    private static readonly ForwarderRequestConfig Http1 = Config(HttpVersion.Version11);
    private static readonly ForwarderRequestConfig Http2 = Config(HttpVersion.Version20);

    private readonly EndpointPicker _picker = new();

    /// <summary>Sends a request to an endpoint of a cluster, and passes the answer on.</summary>
    /// <param name="context">The request.</param>
    /// <param name="facts">What routing saw of it.</param>
    /// <param name="action">The route's action.</param>
    /// <param name="share">The share chosen.</param>
    /// <param name="cluster">Its cluster.</param>
    public async Task ForwardAsync(
        HttpContext context, RequestFacts facts, RouteAction.Forward action, ClusterShare share, ServingCluster cluster)
    {
        var counters = stats.Cluster(cluster.Spec.StatName);
        if (_picker.Next(cluster) is not { } endpoint)
        {
            counters.Answered(LocalReply.NoHealthyUpstream.Status, elapsed: null);
            await LocalReply.NoHealthyUpstream.WriteAsync(context);
            return;
        }

        var transformer = new UpstreamTransformer(
            action.HostRewrite ?? facts.Authority, action.PrefixRewrite?.Apply(facts.PathAndQuery) ?? facts.PathAndQuery,
            share.ResponseHeaders);
        using var timeout = action.Timeout is { } limit ? new CancellationTokenSource(limit, time) : null;
        counters.Started();
        var started = time.GetTimestamp();
        var error = await forwarder.SendAsync(
            context, endpoint.Url, clients.For(cluster.Spec), cluster.Spec.Http2 ? Http2 : Http1, transformer,
            timeout?.Token ?? CancellationToken.None);
        if (context.RequestAborted.IsCancellationRequested)
        {
            // The client went away; that says nothing about the endpoint.
            return;
        }

        if (timeout?.IsCancellationRequested == true && error != ForwarderError.None)
        {
            counters.RanOutOfTime();
            await ReplyAsync(context, LocalReply.TimedOut);
        }
        else if (error != ForwarderError.None)
        {
            await ReplyAsync(context, LocalReply.Broken(error, context.Features.Get<IForwarderErrorFeature>()?.Exception));
        }

        counters.Answered(context.Response.StatusCode, time.GetElapsedTime(started));
    }

    private static async Task ReplyAsync(HttpContext context, LocalReply reply)
    {
        // Once headers are out the forwarder has cut the answer short, which is all that can be done.
        if (!context.Response.HasStarted)
        {
            await reply.WriteAsync(context);
        }
    }

    private static ForwarderRequestConfig Config(Version version) => new()
    {
        ActivityTimeout = IdleLimit,
        Version = version,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };
}

using System.Collections.Immutable;
using System.Text.Json.Nodes;
using XdsCanary.CanaryEngine.Kubernetes;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.KubeRuntime.Api;
using XdsCanary.KubeRuntime.Cluster;
using XdsCanary.KubeRuntime.Leadership;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Admin;
using XdsCanary.XdsServer.Hosting;
using XdsCanary.XdsServer.Streams;

namespace XdsCanary.XdsServer.Peers;

/// <summary>Registers what replicas know of each other.</summary>
internal static class PeerRegistration
{
    private const string Key = "peers";

    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(1);

    /// <summary>Registers it, if replicas are to find each other.</summary>
    /// <param name="services">The container.</param>
    /// <param name="options">The settings.</param>
    public static void AddPeers(this IServiceCollection services, ServerOptions options)
    {
        if (options.PeerService.Split('.') is not [{ Length: > 0 } name, { Length: > 0 } space])
        {
            return;
        }

        services.AddKeyedSingleton(Key, (provider, _) => new ClusterSource(
            provider.GetRequiredService<KubeClient>(),
            new ClusterSourceOptions
            {
                Namespace = space,
                Kinds =
                [
                    new WatchedKind("discovery.k8s.io", "EndpointSlice", "endpointslices", ["v1"])
                    {
                        LabelSelector = $"kubernetes.io/service-name={name}",
                    },
                ],
            },
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ClusterSource>>()));
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredKeyedService<ClusterSource>(Key));
        var own = options.PeerAddress.Length > 0 ? ImmutableHashSet.Create(options.PeerAddress) : PeerDirectory.OwnAddresses();
        services.AddSingleton(provider => new PeerDirectory(provider.GetRequiredKeyedService<ClusterSource>(Key), own));
        services.AddKeyedSingleton(
            Key, (_, _) => new HttpClient(new SocketsHttpHandler { ConnectTimeout = CallLimit, UseProxy = false }) { Timeout = CallLimit });
        services.AddSingleton<IPeerRoutes>(provider => new PeerRoutes(
            provider.GetRequiredService<PeerDirectory>(),
            provider.GetRequiredKeyedService<HttpClient>(Key),
            provider.GetRequiredService<ILeadership>(),
            options.AdminToken));
        services.AddSingleton(provider => new PeerConvergence(
            provider.GetRequiredService<ConvergenceTracker>(),
            provider.GetRequiredService<PeerDirectory>(),
            provider.GetRequiredKeyedService<HttpClient>(Key),
            options.AdminToken,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<PeerConvergence>>()));
        services.AddSingleton<IConvergenceProbe>(provider => provider.GetRequiredService<PeerConvergence>());
        services.AddSingleton<IProxyStats>(provider => new FleetStats(
            provider.GetRequiredService<ConnectedProxyStats>(),
            provider.GetRequiredService<PeerDirectory>(),
            provider.GetRequiredKeyedService<HttpClient>(Key),
            options.AdminToken,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<FleetStats>>()));
    }

    /// <summary>Maps what other replicas ask for; only whoever shows the token is answered.</summary>
    /// <param name="admin">The endpoints of the admin port.</param>
    /// <param name="services">The server's services.</param>
    /// <param name="token">The token.</param>
    public static void MapPeers(this RouteGroupBuilder admin, IServiceProvider services, AdminToken token)
    {
        if (services.GetService<PeerConvergence>() is null)
        {
            return;
        }

        admin.MapReports(
            services.GetRequiredService<ConvergenceTracker>(),
            services.GetRequiredService<ConnectedProxyStats>(),
            services.GetRequiredService<ServerOptions>().Identifier,
            token);
        var routes = services.GetRequiredService<ToldRoutes>();
        admin.MapPost(PeerRoutes.Path, (HttpContext context, int term, JsonArray splits) =>
            token.Admits(context.Request.Headers.Authorization)
                ? Use(routes, term, splits)
                : Results.StatusCode(StatusCodes.Status401Unauthorized));
    }

    /// <summary>Maps the reports of how far proxies follow a service, and of where the statistics of them all are.</summary>
    /// <param name="admin">The endpoints of the admin port.</param>
    /// <param name="tracker">The proxies of this replica.</param>
    /// <param name="stats">Their statistics.</param>
    /// <param name="replica">The name of this replica.</param>
    /// <param name="token">The token.</param>
    public static void MapReports(
        this IEndpointRouteBuilder admin, ConvergenceTracker tracker, ConnectedProxyStats stats, string replica, AdminToken token) =>
        admin.MapGet(PeerCalls.ReportPath, (HttpContext context, string @namespace, string name) =>
            token.Admits(context.Request.Headers.Authorization)
                ? Results.Json(
                    PeerReport.Of(replica, tracker.Describe(new NamespacedName(@namespace, name)), stats.Proxies),
                    PeerJson.Default.PeerReport)
                : Results.StatusCode(StatusCodes.Status401Unauthorized));

    private static IResult Use(ToldRoutes routes, int term, JsonArray splits)
    {
        try
        {
            var isTaken = routes.Use(
                term, splits.Select(split => split as JsonObject ?? throw new FormatException("A list of TrafficSplits is expected.")));
            return Results.StatusCode(isTaken ? StatusCodes.Status204NoContent : StatusCodes.Status409Conflict);
        }
        catch (FormatException exception)
        {
            return Results.Text(exception.Message, statusCode: StatusCodes.Status400BadRequest);
        }
    }
}

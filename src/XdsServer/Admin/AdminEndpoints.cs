using System.Net;
using Prometheus;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Hosting;

namespace XdsCanary.XdsServer.Admin;

/// <summary>The endpoints of the admin port. They only read, but for those of <see cref="CanaryEndpoints"/>.</summary>
internal static class AdminEndpoints
{
    /// <summary>Maps the endpoints.</summary>
    /// <param name="app">The application.</param>
    public static void MapAdmin(this WebApplication app)
    {
        var ready = ActivatorUtilities.CreateInstance<SnapshotReadyCheck>(app.Services);
        var views = app.Services.GetRequiredService<DebugViews>();
        var options = app.Services.GetRequiredService<ServerOptions>();
        var isOpen = IPAddress.IsLoopback(IPAddress.Parse(options.AdminAddress));
        var token = CanaryEndpoints.Token(app.Services, options);
        var admin = app.MapGroup(string.Empty).OnlyOn(ListenerRole.Admin);
        admin.MapGet("/healthz", () => Results.Text("ok\n"));
        admin.MapGet("/readyz", () => ready.IsReady
            ? Results.Text("ready\n")
            : Results.Text("not ready: no consistent snapshot yet\n", statusCode: StatusCodes.Status503ServiceUnavailable));
        admin.MapMetrics("/metrics", app.Services.GetRequiredService<CollectorRegistry>());

        // It shows what is configured, as canaries do; probes and Prometheus have no token to show.
        var debug = admin.MapGroup("/debug").AddEndpointFilter(async (context, next) =>
            isOpen || token.Admits(context.HttpContext.Request.Headers.Authorization)
                ? await next(context)
                : CanaryEndpoints.Unauthorized(context.HttpContext));
        debug.MapGet("/streams", () => TypedResults.Json(views.Streams(), DebugJson.Default.ImmutableArrayStreamView));
        debug.MapGet(
            "/streams/{id:long}",
            (long id) => Find(views, id) is { } stream
                ? Results.Json(stream, DebugJson.Default.StreamView)
                : NotFound($"There is no open stream {id}."));
        debug.MapGet(
            "/snapshots", () => TypedResults.Json(views.Snapshots(), DebugJson.Default.ImmutableArraySnapshotView));
        debug.MapGet(
            "/snapshots/{**group}",
            (string group) => views.Snapshot(group) is { } snapshot
                ? Results.Json(snapshot, DebugJson.Default.JsonObject)
                : NotFound($"There is no node group '{group}'; /debug/snapshots lists them."));
        debug.MapGet("/objects", () => TypedResults.Json(views.Objects(), DebugJson.Default.ObjectsView));
        debug.MapGet("/convergence", (string? service) => Convergence(views, service));
        CanaryEndpoints.Map(app.Services, admin, token, isOpen);
    }

    private static StreamView? Find(DebugViews views, long id) => views.Streams().FirstOrDefault(stream => stream.Id == id);

    private static IResult Convergence(DebugViews views, string? service)
    {
        var parts = service?.Split('/') ?? [];
        return parts is [{ Length: > 0 } ns, { Length: > 0 } name]
            ? Results.Json(views.Convergence(new NamespacedName(ns, name)), DebugJson.Default.ConvergenceView)
            : Results.Json(
                new ErrorView("Name the service: /debug/convergence?service=<namespace>/<name>."),
                DebugJson.Default.ErrorView,
                statusCode: StatusCodes.Status400BadRequest);
    }

    private static IResult NotFound(string error) =>
        Results.Json(new ErrorView(error), DebugJson.Default.ErrorView, statusCode: StatusCodes.Status404NotFound);
}

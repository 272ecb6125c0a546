using System.Collections.Immutable;
using System.Text.Json;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.KubeRuntime.Documents;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Hosting;
using XdsCanary.XdsServer.Observability;
using XdsCanary.XdsServer.Peers;

namespace XdsCanary.XdsServer.Admin;

/// <summary>Canaries on the admin port: reading them, and the verbs that steer them, which always need the token.</summary>
/// <param name="office">The engine's side.</param>
/// <param name="convergence">The live weights.</param>
/// <param name="token">What callers must show.</param>
/// <param name="isOpen">Reading needs no token.</param>
internal sealed class CanaryEndpoints(ICanaryOffice office, IConvergenceProbe convergence, AdminToken token, bool isOpen)
{
    private const int MaxNameLength = 100;
    private const string DefaultBy = "api";

    /// <summary>Maps the endpoints if this server looks after canaries.</summary>
    /// <param name="services">The server's services.</param>
    /// <param name="admin">The endpoints of the admin port.</param>
    /// <param name="token">What callers must show.</param>
    /// <param name="isOpen">Reading needs no token.</param>
    public static void Map(IServiceProvider services, RouteGroupBuilder admin, AdminToken token, bool isOpen)
    {
        if (services.GetService<ICanaryOffice>() is not { } office)
        {
            return;
        }

        admin.MapPeers(services, token);
        var endpoints = new CanaryEndpoints(office, services.GetRequiredService<IConvergenceProbe>(), token, isOpen);
        admin.MapGet("/api/canaries", (HttpContext context, string? @namespace) => endpoints.List(context, @namespace));
        admin.MapGet("/api/canaries/{ns}/{name}", (HttpContext context, string ns, string name) =>
            endpoints.Read(context, new NamespacedName(ns, name), endpoints.Full));
        admin.MapGet("/api/canaries/{ns}/{name}/events", (HttpContext context, string ns, string name) =>
            endpoints.Read(context, new NamespacedName(ns, name), canary =>
                Results.Json(CanaryStatusViews.Events(canary), CanaryJson.Default.ImmutableArrayCanaryEventView)));
        admin.MapPost("/api/canaries/{ns}/{name}/{verb}", (HttpContext context, string ns, string name, string verb) =>
            endpoints.AskAsync(context, new NamespacedName(ns, name), verb));
    }

    /// <summary>The token of the admin port; one that nobody knows, with a warning, when none is set and none can be kept.</summary>
    /// <param name="services">The server's services.</param>
    /// <param name="options">The settings.</param>
    public static AdminToken Token(IServiceProvider services, ServerOptions options)
    {
        try
        {
            return AdminToken.Obtain(options.AdminToken, options.StateDirectory());
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            services.GetRequiredService<ILogger<CanaryEndpoints>>().NoToken(fault.Message);
            return AdminToken.Unknown();
        }
    }

    /// <summary>The answer to whoever must show the token and does not.</summary>
    /// <param name="context">The request.</param>
    public static IResult Unauthorized(HttpContext context)
    {
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return Error(
            StatusCodes.Status401Unauthorized,
            $"The token is missing or wrong: it is the setting --admin-token, or in the file {AdminToken.FileName} of the state directory.");
    }

    private IResult List(HttpContext context, string? ns) => isOpen || IsAdmitted(context)
        ? Results.Json(
            office.Canaries
                .Where(canary => string.IsNullOrEmpty(ns) || canary.Key.Namespace == ns)
                .Select(canary => View(canary, isFull: false))
                .ToImmutableArray(),
            CanaryJson.Default.ImmutableArrayCanaryStatusView)
        : Unauthorized(context);

    private IResult Read(HttpContext context, NamespacedName key, Func<CanaryView, IResult> show) =>
        !isOpen && !IsAdmitted(context) ? Unauthorized(context)
        : office.Find(key) is { } canary ? show(canary)
        : NotFound(key);

    private async Task<IResult> AskAsync(HttpContext context, NamespacedName key, string name)
    {
        if (!IsAdmitted(context))
        {
            return Unauthorized(context);
        }

        var verb = Array.Find(Enum.GetValues<Verb>(), known => known.ToString().Equals(name, StringComparison.OrdinalIgnoreCase));
        if (!verb.ToString().Equals(name, StringComparison.OrdinalIgnoreCase))
        {
            var known = string.Join(", ", Enum.GetValues<Verb>().Select(value => value.ToString().ToLowerInvariant()));
            return Error(StatusCodes.Status404NotFound, $"'{name}' is not a verb; there are {known}.");
        }

        if (office.Find(key) is null)
        {
            return NotFound(key);
        }

        if (await ReadBodyAsync(context) is not { } body)
        {
            return Error(
                StatusCodes.Status400BadRequest, """The body must be JSON such as {"hook":"a-gate","by":"somebody"}, or empty.""");
        }

        var result = await office.AskAsync(key, new VerbRequest(verb, Who(body.By), body.Hook ?? string.Empty), context.RequestAborted);
        return result.Refusal.Length > 0
            ? Error(StatusCodes.Status409Conflict, result.Refusal)
            : office.Find(key) is { } canary ? Full(canary) : NotFound(key);
    }

    private static async Task<VerbBody?> ReadBodyAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var text = await reader.ReadToEndAsync(context.RequestAborted);
        try
        {
            return string.IsNullOrWhiteSpace(text)
                ? new VerbBody(null, null)
                : JsonSerializer.Deserialize(text, CanaryJson.Default.VerbBody);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // It ends up in events, which are lines of text.
    private static string Who(string? by)
    {
        var text = new string([.. (by ?? string.Empty).Where(letter => !char.IsControl(letter)).Take(MaxNameLength)]).Trim();
        return text.Length > 0 ? text : DefaultBy;
    }

    private IResult Full(CanaryView canary) => Results.Json(View(canary, isFull: true), CanaryJson.Default.CanaryStatusView);

    private CanaryStatusView View(CanaryView canary, bool isFull) => CanaryStatusViews.Of(
        canary, canary.Spec is { } spec ? convergence.Describe(spec.Apex) : null, isFull);

    private bool IsAdmitted(HttpContext context) => token.Admits(context.Request.Headers.Authorization);

    private IResult NotFound(NamespacedName key)
    {
        var nearest = NearestName.Find(key.ToString(), [.. office.Canaries.Select(canary => canary.Key.ToString())]);
        return Error(
            StatusCodes.Status404NotFound,
            nearest is null ? $"There is no canary {key}; /api/canaries lists them." : $"There is no canary {key}; did you mean {nearest}?");
    }

    private static IResult Error(int status, string text) =>
        Results.Json(new ErrorView(text), CanaryJson.Default.ErrorView, statusCode: status);
}

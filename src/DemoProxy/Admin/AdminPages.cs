using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using XdsCanary.DemoProxy.Serving;
using XdsCanary.DemoProxy.Stats;
using XdsCanary.DemoProxy.Xds;

namespace XdsCanary.DemoProxy.Admin;

/// <summary>The admin interface: the pages of Envoy's that the demo and the metrics reader use.</summary>
/// <param name="client">The xDS client.</param>
/// <param name="config">The configuration in service.</param>
/// <param name="listeners">The ports.</param>
/// <param name="stats">The statistics.</param>
internal sealed class AdminPages(XdsClient client, ConfigHolder config, ListenerLoop listeners, ProxyStats stats)
{
    private const string PlainText = "text/plain; charset=UTF-8";

    /// <summary>Answers a request.</summary>
    /// <param name="context">The request.</param>
    public Task HandleAsync(HttpContext context) => context.Request.Path.Value switch
    {
        "/stats" when context.Request.Query["format"] == "prometheus" => StatsAsync(context, StatsText.Prometheus),
        "/stats" => StatsAsync(context, StatsText.Plain),
        "/stats/prometheus" => StatsAsync(context, StatsText.Prometheus),
        "/ready" => listeners.Addresses.IsEmpty
            ? WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "PRE_INITIALIZING\n")
            : WriteAsync(context, StatusCodes.Status200OK, "LIVE\n"),
        "/listeners" => WriteAsync(context, StatusCodes.Status200OK, Listeners()),
        "/config_dump" => WriteAsync(context, StatusCodes.Status200OK, ConfigDump.Write(client.State), "application/json"),
        _ => WriteAsync(
            context, StatusCodes.Status404NotFound, "Pages: /stats /stats/prometheus /ready /listeners /config_dump\n"),
    };

    private Task StatsAsync(HttpContext context, Func<StatsSnapshot, Predicate<string>, string> write)
    {
        Predicate<string> include = _ => true;
        if (context.Request.Query["filter"] is [{ Length: > 0 } pattern, ..])
        {
            try
            {
                include = new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant).IsMatch;
            }
            catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
            {
                return WriteAsync(context, StatusCodes.Status400BadRequest, $"Invalid regex: \"{exception.Message}\"\n");
            }
        }

        return WriteAsync(context, StatusCodes.Status200OK, write(StatsSnapshot.Take(stats, config.Current), include));
    }

    private string Listeners() => string.Concat(listeners.Addresses.Select(entry => $"{entry.Key}::{entry.Value}\n"));

    private static Task WriteAsync(HttpContext context, int status, string text, string type = PlainText)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        return context.Response.WriteAsync(text, context.RequestAborted);
    }
}

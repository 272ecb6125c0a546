using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;

namespace XdsCanary.DemoProxy.Serving;

/// <summary>An answer that the data plane gives in place of an endpoint, with Envoy's status codes and texts.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Body">The text; may be empty.</param>
internal sealed record LocalReply(int Status, string Body)
{
    /// <summary>No virtual host or no route matches.</summary>
    public static LocalReply NoRoute { get; } = new(StatusCodes.Status404NotFound, string.Empty);

    /// <summary>The cluster has no healthy endpoint.</summary>
    public static LocalReply NoHealthyUpstream { get; } = new(StatusCodes.Status503ServiceUnavailable, "no healthy upstream");

    /// <summary>The route's timeout ran out.</summary>
    public static LocalReply TimedOut { get; } = new(StatusCodes.Status504GatewayTimeout, "upstream request timeout");

    /// <summary>The route's cluster is not known; Envoy says nothing more either.</summary>
    /// <param name="status">The status that the route wants.</param>
    public static LocalReply NoCluster(int status) => new(status, string.Empty);

    /// <summary>An endpoint could not be reached, or broke off before it answered.</summary>
    /// <param name="error">What happened.</param>
    /// <param name="exception">The exception; null for none.</param>
    public static LocalReply Broken(ForwarderError error, Exception? exception)
    {
        var connect = error == ForwarderError.Request
            && (exception as HttpRequestException)?.HttpRequestError
                is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError;
        var reason = connect ? "remote connection failure" : "connection termination";
        return new LocalReply(
            StatusCodes.Status503ServiceUnavailable,
            $"upstream connect error or disconnect/reset before headers. reset reason: {reason}");
    }

    /// <summary>Answers a request.</summary>
    /// <param name="context">The request; nothing may have been answered yet.</param>
    public async Task WriteAsync(HttpContext context)
    {
        context.Response.Clear();
        context.Response.StatusCode = Status;
        if (Body.Length > 0)
        {
            context.Response.ContentType = "text/plain";
            await context.Response.WriteAsync(Body, context.RequestAborted);
        }
    }
}

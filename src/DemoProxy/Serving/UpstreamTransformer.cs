using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using XdsCanary.DemoProxy.Model;
using Yarp.ReverseProxy.Forwarder;

namespace XdsCanary.DemoProxy.Serving;

/// <summary>
/// Makes the request that an endpoint sees: the client's, with path and Host as the route says; and the answer that the client
/// sees.
/// </summary>
/// <param name="host">The Host.</param>
/// <param name="pathAndQuery">The path with the query string.</param>
/// <param name="added">Headers that the answer carries besides its own.</param>
internal sealed class UpstreamTransformer(string host, string pathAndQuery, ImmutableArray<AddedHeader> added) : HttpTransformer
{
    // The path goes on as the client sent it, not as a URL library would write it.
    private static readonly UriCreationOptions AsItIs = new() { DangerousDisablePathAndQueryCanonicalization = true };

    /// <inheritdoc/>
    public override async ValueTask TransformRequestAsync(
        HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
        proxyRequest.Headers.Host = host;
        if (pathAndQuery.StartsWith('/'))
        {
            proxyRequest.RequestUri = new Uri(destinationPrefix + pathAndQuery, AsItIs);
        }
    }

    /// <inheritdoc/>
    public override async ValueTask<bool> TransformResponseAsync(
        HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        var isCopied = await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
        if (proxyResponse is not null)
        {
            foreach (var (name, value) in added)
            {
                httpContext.Response.Headers.Append(name, value);
            }
        }

        return isCopied;
    }
}

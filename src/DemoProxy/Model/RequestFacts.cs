using Microsoft.Extensions.Primitives;

namespace XdsCanary.DemoProxy.Model;

/// <summary>What routing may look at in a request.</summary>
/// <param name="Method">The method.</param>
/// <param name="Scheme">The scheme.</param>
/// <param name="Authority">The <c>:authority</c> of HTTP/2, or the Host header.</param>
/// <param name="PathAndQuery">The path as the client sent it, with the query string.</param>
/// <param name="Headers">The values of a header; empty when the request has none of that name.</param>
internal sealed record RequestFacts(
    string Method, string Scheme, string Authority, string PathAndQuery, Func<string, StringValues> Headers)
{
    /// <summary>The path without the query string.</summary>
    public ReadOnlySpan<char> Path
    {
        get
        {
            var query = PathAndQuery.IndexOf('?', StringComparison.Ordinal);
            return query < 0 ? PathAndQuery : PathAndQuery.AsSpan(0, query);
        }
    }

    /// <summary>The value of a header or pseudo header; several values are joined by commas, cookies as one list; null when it is absent.</summary>
    /// <param name="name">The name, for example <c>x-user</c> or <c>:method</c>.</param>
    public string? Header(string name) => name switch
    {
        ":method" => Method,
        ":scheme" => Scheme,
        ":path" => PathAndQuery,
        ":authority" => Authority,
        _ => Headers(name) is { Count: > 0 } values
            ? string.Join(name == "cookie" ? "; " : ",", values.ToArray())
            : null,
    };
}

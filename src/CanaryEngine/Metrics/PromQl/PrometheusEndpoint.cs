using System.Net.Http.Headers;
using System.Text;
using XdsCanary.CanaryEngine.Core;

namespace XdsCanary.CanaryEngine.Metrics.PromQl;

/// <summary>A Prometheus and how to speak to it.</summary>
/// <param name="Address">Its address; a path is kept.</param>
internal sealed record PrometheusEndpoint(Uri Address)
{
    /// <summary>Further request headers; several with one name are several values.</summary>
    public EquatableArray<TemplateVariable> Headers { get; init; }

    /// <summary>A bearer token; empty for none. Goes before user and password.</summary>
    public string Token { get; init; } = string.Empty;

    /// <summary>The user; empty for none.</summary>
    public string User { get; init; } = string.Empty;

    /// <summary>The user's password.</summary>
    public string Password { get; init; } = string.Empty;

    /// <summary>The server's certificate is not checked.</summary>
    public bool SkipVerify { get; init; }

    /// <summary>Makes the request of a query.</summary>
    /// <param name="query">The query.</param>
    public HttpRequestMessage Ask(string query)
    {
        var address = new UriBuilder(Address)
        {
            Path = $"{Address.AbsolutePath.TrimEnd('/')}/api/v1/query",
            Query = $"query={Uri.EscapeDataString(query)}",
            UserName = string.Empty,
            Password = string.Empty,
        };
        var request = new HttpRequestMessage(HttpMethod.Get, address.Uri);
        if (Token.Length > 0)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        }
        else if (User.Length > 0)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue(
                "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{Password}")));
        }

        foreach (var header in Headers)
        {
            request.Headers.TryAddWithoutValidation(header.Name, header.Value);
        }

        return request;
    }

    /// <summary>The address and nothing secret.</summary>
    public override string ToString() => Address.GetLeftPart(UriPartial.Path);
}

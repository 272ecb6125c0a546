using System.Net;
using System.Text.Json.Nodes;
using XdsCanary.TestKit.Cluster;

namespace XdsCanary.Kubernetes.Tests.Cluster;

/// <summary>Requests to podinfo, each over a connection of its own.</summary>
internal static class Ask
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(10) };

    /// <summary>The status code of an answer.</summary>
    public static async Task<HttpStatusCode> StatusAsync(string url)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url) { Headers = { ConnectionClose = true } };
        using var response = await Http.SendAsync(request, TestContext.Current.CancellationToken);
        await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    /// <summary>What podinfo says of itself.</summary>
    public static async Task<JsonNode> InfoAsync(string url)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url) { Headers = { ConnectionClose = true } };
        using var response = await Http.SendAsync(request, TestContext.Current.CancellationToken);
        response.EnsureSuccessStatusCode();
        return JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
    }

    /// <summary>The message that a podinfo was started with.</summary>
    public static async Task<string?> MessageAsync(string url) => (await InfoAsync(url)).Text("message");
}

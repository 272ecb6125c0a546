using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace XdsCanary.TestKit.Cluster;

/// <summary>
/// A thin client of an API server: paths in, JSON out, no retries and no types. Thread-safe.
/// </summary>
public sealed class KubeApi : IDisposable
{
    /// <summary>The name under which server-side apply notes the fields it owns.</summary>
    public const string FieldOwner = "xdscanary-tests";

    private const string MergePatch = "application/merge-patch+json";
    private const string ApplyPatch = "application/apply-patch+yaml";

    private readonly HttpClient _http;
    private readonly ResourcePaths _paths;

    /// <summary>Makes a client.</summary>
    /// <param name="server">The API server's address.</param>
    /// <param name="token">The bearer token of the user that asks.</param>
    /// <param name="certificateFile">The certificate by which the server is known, in PEM; it may be written later.</param>
    public KubeApi(Uri server, string token, string certificateFile)
    {
        var handler = new SocketsHttpHandler { PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30) };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => IsSame(shown, certificateFile);
        _http = new HttpClient(handler) { BaseAddress = server, Timeout = TimeSpan.FromSeconds(20) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        _paths = new ResourcePaths(this);
    }

    /// <summary>Reads an object or a list.</summary>
    /// <param name="path">For example <c>/apis/apps/v1/namespaces/test/deployments/podinfo</c>.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    public Task<JsonObject> GetAsync(string path, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Get, path, null, null, cancellationToken);

    /// <summary>Reads an object; null when there is none.</summary>
    public async Task<JsonObject?> TryGetAsync(string path, CancellationToken cancellationToken = default)
    {
        try
        {
            return await GetAsync(path, cancellationToken);
        }
        catch (KubeApiException exception) when (exception.Status == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>Reads the objects of a list.</summary>
    /// <param name="path">The path of the list.</param>
    /// <param name="labels">A label selector; null for all objects.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    public async Task<IReadOnlyList<JsonObject>> ListAsync(
        string path, string? labels = null, CancellationToken cancellationToken = default)
    {
        var query = labels is null ? path : $"{path}?labelSelector={Uri.EscapeDataString(labels)}";
        return [.. (await GetAsync(query, cancellationToken)).Items("items")];
    }

    /// <summary>Creates an object, or calls an operation such as <c>…/token</c>.</summary>
    public Task<JsonObject> PostAsync(string path, JsonObject body, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, path, body, "application/json", cancellationToken);

    /// <summary>Replaces an object.</summary>
    public Task<JsonObject> PutAsync(string path, JsonObject body, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Put, path, body, "application/json", cancellationToken);

    /// <summary>Changes an object by a JSON merge patch (RFC 7396).</summary>
    public Task<JsonObject> PatchAsync(string path, JsonObject patch, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Patch, path, patch, MergePatch, cancellationToken);

    /// <summary>Deletes an object; one that is gone already is as good.</summary>
    /// <param name="path">The object's path.</param>
    /// <param name="options">DeleteOptions; null for none.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    public async Task DeleteAsync(string path, JsonObject? options = null, CancellationToken cancellationToken = default)
    {
        try
        {
            await SendAsync(HttpMethod.Delete, path, options, "application/json", cancellationToken);
        }
        catch (KubeApiException exception) when (exception.Status == HttpStatusCode.NotFound)
        {
            // Somebody else was faster.
        }
    }

    /// <summary>Makes objects as they are written (server-side apply, taking over the fields), in order.</summary>
    /// <param name="yaml">Documents; a namespace must be given where the kind has one.</param>
    /// <param name="cancellationToken">Ends the requests.</param>
    /// <returns>The objects as they are now.</returns>
    public async Task<IReadOnlyList<JsonObject>> ApplyYamlAsync(string yaml, CancellationToken cancellationToken = default)
    {
        var applied = new List<JsonObject>();
        foreach (var wanted in KubeJson.ReadYaml(yaml))
        {
            applied.Add(await ApplyAsync(wanted, cancellationToken));
        }

        return applied;
    }

    /// <summary>Makes an object as it is written (server-side apply, taking over the fields).</summary>
    public async Task<JsonObject> ApplyAsync(JsonObject wanted, CancellationToken cancellationToken = default)
    {
        var path = await _paths.OfAsync(wanted, cancellationToken);
        var query = $"{path}?fieldManager={FieldOwner}&force=true";
        return await SendAsync(HttpMethod.Patch, query, wanted, ApplyPatch, cancellationToken);
    }

    /// <summary>Asks whether the server is ready for requests.</summary>
    public async Task<bool> IsReadyAsync(CancellationToken cancellationToken = default)
    {
        using var response = await _http.GetAsync(new Uri("/readyz", UriKind.Relative), cancellationToken);
        return response.IsSuccessStatusCode;
    }

    /// <summary>Makes a token of a service account that is there.</summary>
    public async Task<string> ServiceAccountTokenAsync(string place, string name, CancellationToken cancellationToken = default)
    {
        var request = new JsonObject { ["spec"] = new JsonObject { ["expirationSeconds"] = 86_400 } };
        var answer = await PostAsync($"/api/v1/namespaces/{place}/serviceaccounts/{name}/token", request, cancellationToken);
        return answer.Text("status", "token")!;
    }

    /// <summary>Watches a list until the server or the token ends it.</summary>
    /// <param name="path">The path of the list.</param>
    /// <param name="resourceVersion">What the caller has seen; null for all that is there, then changes.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    public async IAsyncEnumerable<WatchEvent> WatchAsync(
        string path, string? resourceVersion = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var query = $"{path}?watch=1&allowWatchBookmarks=true&resourceVersion={resourceVersion}";
        using var request = new HttpRequestMessage(HttpMethod.Get, query);
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        await ThrowIfRefusedAsync(response, $"WATCH {path}", cancellationToken);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            var change = JsonNode.Parse(line)!;
            yield return new WatchEvent(change.Text("type")!, (JsonObject)change["object"]!);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static bool IsSame(X509Certificate? shown, string certificateFile)
    {
        using var known = X509Certificate2.CreateFromPem(File.ReadAllText(certificateFile));
        return shown is not null && shown.GetRawCertData().AsSpan().SequenceEqual(known.RawDataMemory.Span);
    }

    private async Task<JsonObject> SendAsync(
        HttpMethod method, string path, JsonObject? body, string? mediaType, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, mediaType!);
        }

        using var response = await _http.SendAsync(request, cancellationToken);
        await ThrowIfRefusedAsync(response, $"{method} {path}", cancellationToken);
        return (JsonObject)JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellationToken))!;
    }

    private static async Task ThrowIfRefusedAsync(HttpResponseMessage response, string request, CancellationToken cancellationToken)
    {
        if (response.IsSuccessStatusCode)
        {
            return;
        }

        var answer = await response.Content.ReadAsStringAsync(cancellationToken);
        var message = answer.StartsWith('{') ? JsonNode.Parse(answer).Text("message") : null;
        throw new KubeApiException(response.StatusCode, request, message ?? answer);
    }
}

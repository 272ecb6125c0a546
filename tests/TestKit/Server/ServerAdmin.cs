using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Xunit;

namespace XdsCanary.TestKit.Server;

/// <summary>The admin interface of a running server.</summary>
public sealed class ServerAdmin : IDisposable
{
    private readonly HttpClient _http;

    internal ServerAdmin(int port, string? token)
    {
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        _http.DefaultRequestHeaders.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>True once the server has published its first consistent snapshot.</summary>
    public async Task<bool> IsReadyAsync() => await StatusAsync("/readyz") == HttpStatusCode.OK;

    /// <summary>The status that a path is answered with.</summary>
    public async Task<HttpStatusCode> StatusAsync(string path)
    {
        using var response = await _http.GetAsync(path, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    /// <summary>Any path as JSON, for example <c>/debug/streams</c>.</summary>
    public async Task<JsonDocument> GetJsonAsync(string path) => JsonDocument.Parse(await GetTextAsync(path));

    /// <summary>Any path as text.</summary>
    public Task<string> GetTextAsync(string path) => _http.GetStringAsync(path, TestContext.Current.CancellationToken);

    /// <summary>The metrics of now.</summary>
    public async Task<MetricSet> MetricsAsync() => MetricSet.Parse(await GetTextAsync("/metrics"));

    /// <summary>How far the connected Envoys follow a service's weights.</summary>
    /// <param name="service">Namespace and name, with a slash between.</param>
    public async Task<Convergence> ConvergenceAsync(string service)
    {
        using var answer = await GetJsonAsync($"/debug/convergence?service={Uri.EscapeDataString(service)}");
        return Convergence.Read(answer.RootElement);
    }

    /// <summary>What the open streams have been sent, oldest first.</summary>
    public async Task<IReadOnlyList<StreamState>> StreamsAsync()
    {
        using var answer = await GetJsonAsync("/debug/streams");
        return [.. answer.RootElement.EnumerateArray().Select(StreamState.Read)];
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}

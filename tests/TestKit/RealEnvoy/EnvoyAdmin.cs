using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;

namespace XdsCanary.TestKit.RealEnvoy;

/// <summary>The admin interface of a running Envoy.</summary>
public sealed class EnvoyAdmin : IDisposable
{
    private readonly HttpClient _http;

    internal EnvoyAdmin(int port) => _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };

    /// <summary>True once Envoy has its first configuration and listens.</summary>
    public async Task<bool> IsReadyAsync()
    {
        using var response = await _http.GetAsync("/ready", TestContext.Current.CancellationToken);
        return response.IsSuccessStatusCode;
    }

    /// <summary>One counter or gauge; 0 when it does not exist yet, as a counter of something that never happened does.</summary>
    public async Task<long> StatAsync(string name) =>
        (await StatsAsync($"^{Regex.Escape(name)}$")).GetValueOrDefault(name);

    /// <summary>Counters and gauges by name.</summary>
    /// <param name="pattern">The names wanted, as a regular expression.</param>
    public async Task<IReadOnlyDictionary<string, long>> StatsAsync(string pattern)
    {
        var stats = new Dictionary<string, long>(StringComparer.Ordinal);
        var text = await GetTextAsync($"/stats?filter={Uri.EscapeDataString(pattern)}");
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = line.LastIndexOf(": ", StringComparison.Ordinal);

            // Histograms and text values have no number after the colon.
            if (colon > 0 && long.TryParse(line.AsSpan(colon + 2), CultureInfo.InvariantCulture, out var value))
            {
                stats[line[..colon]] = value;
            }
        }

        return stats;
    }

    /// <summary>How many configurations Envoy has rejected, over all types: NACKs as Envoy counts them.</summary>
    public async Task<long> RejectedAsync() =>
        (await StatsAsync(@"\.update_rejected$|^listener_manager\.listener_create_failure$")).Values.Sum();

    /// <summary>
    /// How many configurations Envoy has taken, by statistic: one for each type, and one for each route and cluster.
    /// </summary>
    public Task<IReadOnlyDictionary<string, long>> AcceptedAsync() => StatsAsync(@"\.update_success$");

    /// <summary>The dynamic resources that are active, ordered by kind and name.</summary>
    public async Task<IReadOnlyList<EnvoyResource>> ResourcesAsync()
    {
        using var dump = await GetJsonAsync("/config_dump?include_eds");
        return EnvoyResource.ReadAll(dump.RootElement);
    }

    /// <summary>Everything Envoy knows of its configuration.</summary>
    public Task<JsonDocument> ConfigDumpAsync() => GetJsonAsync("/config_dump?include_eds");

    /// <summary>The clusters with their hosts.</summary>
    public Task<JsonDocument> ClustersAsync() => GetJsonAsync("/clusters?format=json");

    /// <summary>Any path as JSON.</summary>
    public async Task<JsonDocument> GetJsonAsync(string path) => JsonDocument.Parse(await GetTextAsync(path));

    /// <summary>Any path as text.</summary>
    public Task<string> GetTextAsync(string path) => _http.GetStringAsync(path, TestContext.Current.CancellationToken);

    /// <summary>Does something, for example <c>/logging?level=debug</c>.</summary>
    public async Task PostAsync(string path)
    {
        using var response = await _http.PostAsync(path, content: null, TestContext.Current.CancellationToken);
        response.EnsureSuccessStatusCode();
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}

using XdsCanary.TestKit;
using XdsCanary.TestKit.Processes;

namespace XdsCanary.EndToEnd.Tests.Metrics;

/// <summary>A real Prometheus that reads one Envoy every second. Disposed means its process is gone.</summary>
internal sealed class PrometheusInstance : IAsyncDisposable
{
    private readonly string[] _arguments;
    private readonly TemporaryFolder _folder;
    private ChildProcess _process;

    private PrometheusInstance(string[] arguments, TemporaryFolder folder, Uri address)
    {
        _arguments = arguments;
        _folder = folder;
        Address = address;
        _process = Launch();
    }

    public Uri Address { get; }

    public static async Task<PrometheusInstance> StartAsync(int envoyAdminPort)
    {
        Tool.Find("prometheus");
        var port = FreePort.Next();
        var folder = new TemporaryFolder();
        var settings = folder.Write(
            "prometheus.yml",
            $"""
            global: {"{"}scrape_interval: 1s{"}"}
            scrape_configs:
            - job_name: envoy
              metrics_path: /stats/prometheus
              static_configs:
              - targets: ["127.0.0.1:{envoyAdminPort}"]

            """);
        var prometheus = new PrometheusInstance(
            [
                $"--config.file={settings}", $"--storage.tsdb.path={folder.FullPath}/data",
                $"--web.listen-address=127.0.0.1:{port}", "--log.level=warn",
            ],
            folder,
            new Uri($"http://127.0.0.1:{port}"));
        try
        {
            await prometheus.BecomesReadyAsync();
        }
        catch
        {
            await prometheus.DisposeAsync();
            throw;
        }

        return prometheus;
    }

    /// <summary>Ends the process; what it has gathered stays.</summary>
    public Task StopAsync() => _process.KillAsync();

    /// <summary>Starts it again after it was stopped.</summary>
    public async Task RestartAsync()
    {
        await _process.DisposeAsync();
        _process = Launch();
        await BecomesReadyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private ChildProcess Launch() => ChildProcess.Start("prometheus", Tool.Find("prometheus"), _arguments);

    private async Task BecomesReadyAsync()
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        await Eventually.BecomesAsync(async () =>
        {
            _process.AssertRunning();
            using var response = await http.GetAsync(new Uri(Address, "/-/ready"));
            return response.IsSuccessStatusCode;
        });
    }
}

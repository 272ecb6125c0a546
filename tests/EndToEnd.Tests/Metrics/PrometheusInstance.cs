using XdsCanary.TestKit;
using XdsCanary.TestKit.Processes;

namespace XdsCanary.EndToEnd.Tests.Metrics;

/// <summary>A real Prometheus that reads one Envoy every second. Disposed means its process is gone.</summary>
internal sealed class PrometheusInstance : IAsyncDisposable
{
    private readonly ChildProcess _process;
    private readonly TemporaryFolder _folder;

    private PrometheusInstance(ChildProcess process, TemporaryFolder folder, Uri address)
    {
        _process = process;
        _folder = folder;
        Address = address;
    }

    public Uri Address { get; }

    public static async Task<PrometheusInstance> StartAsync(int envoyAdminPort)
    {
        var path = Tool.Find("prometheus");
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
        var process = ChildProcess.Start(
            "prometheus",
            path,
            [
                $"--config.file={settings}", $"--storage.tsdb.path={folder.FullPath}/data",
                $"--web.listen-address=127.0.0.1:{port}", "--log.level=warn",
            ]);
        var prometheus = new PrometheusInstance(process, folder, new Uri($"http://127.0.0.1:{port}"));
        try
        {
            using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
            await Eventually.BecomesAsync(async () =>
            {
                process.AssertRunning();
                using var response = await http.GetAsync(new Uri(prometheus.Address, "/-/ready"));
                return response.IsSuccessStatusCode;
            });
        }
        catch
        {
            await prometheus.DisposeAsync();
            throw;
        }

        return prometheus;
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }
}

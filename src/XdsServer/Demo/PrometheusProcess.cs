namespace XdsCanary.XdsServer.Demo;

/// <summary>A Prometheus that this process runs: reads the data plane every second, and is stopped when disposed.</summary>
internal static class PrometheusProcess
{
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(20);

    /// <summary>Starts it, and waits until it answers.</summary>
    /// <param name="program">The program.</param>
    /// <param name="port">The loopback port that it is to answer on.</param>
    /// <param name="target">The admin interface of the data plane.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Stops the start.</param>
    /// <exception cref="InvalidOperationException">It ended at once; the message has what it said.</exception>
    /// <exception cref="TimeoutException">It was not ready in time; the message has what it said.</exception>
    public static async Task<ChildProgram> StartAsync(
        string program, int port, Uri target, TimeProvider time, CancellationToken cancellationToken)
    {
        var prometheus = ChildProgram.Start(program, "xds-canary-prometheus-", folder => Prepare(folder, port, target), time);
        try
        {
            using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
            var ready = new Uri($"http://127.0.0.1:{port}/-/ready");
            await prometheus.WaitUntilAsync(() => AnswersAsync(http, ready, cancellationToken), ReadyLimit, cancellationToken);
            return prometheus;
        }
        catch
        {
            await prometheus.DisposeAsync();
            throw;
        }
    }

    private static string[] Prepare(string folder, int port, Uri target)
    {
        var settings = Path.Combine(folder, "prometheus.yml");
        File.WriteAllText(
            settings,
            $$"""
            global: {scrape_interval: 1s}
            scrape_configs:
            - job_name: envoy
              metrics_path: /stats/prometheus
              static_configs:
              - targets: ["{{target.Authority}}"]

            """);
        return
        [
            $"--config.file={settings}", $"--storage.tsdb.path={Path.Combine(folder, "data")}",
            $"--web.listen-address=127.0.0.1:{port}", "--log.level=warn",
        ];
    }

    private static async Task<bool> AnswersAsync(HttpClient http, Uri address, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await http.GetAsync(address, cancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}

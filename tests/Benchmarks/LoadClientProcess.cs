using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace XdsCanary.Benchmarks;

/// <summary>The load client, run as a process of its own so that its CPU is not the server's.</summary>
internal sealed class LoadClientProcess : IDisposable
{
    private readonly Process _process;
    private string _remembered = string.Empty;
    private string _last = string.Empty;

    private LoadClientProcess(Process process)
    {
        _process = process;
    }

    public static LoadClientProcess Start(int port, FanoutSettings settings, bool delta)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            ArgumentList =
            {
                "load-client",
                $"http://127.0.0.1:{port}",
                settings.Streams.ToString(CultureInfo.InvariantCulture),
                settings.Clusters.ToString(CultureInfo.InvariantCulture),
                delta ? "delta" : "sotw",
            },
        };
        return new LoadClientProcess(Process.Start(start)!);
    }

    /// <summary>Asks what the streams hold.</summary>
    public async Task<LoadStatus> StatusAsync()
    {
        await _process.StandardInput.WriteLineAsync();
        await _process.StandardInput.FlushAsync();
        var line = await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The load client has ended.");
        var status = JsonSerializer.Deserialize<LoadStatus>(line)!;
        _last = string.Join(';', status.Versions.Keys.Order(StringComparer.Ordinal));
        return status;
    }

    /// <summary>Tells whether the versions differ from those remembered.</summary>
    public bool IsNews(LoadStatus status) =>
        string.Join(';', status.Versions.Keys.Order(StringComparer.Ordinal)) != _remembered;

    /// <summary>Remembers the versions seen last.</summary>
    public void Remember() => _remembered = _last;

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(5000))
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }
}

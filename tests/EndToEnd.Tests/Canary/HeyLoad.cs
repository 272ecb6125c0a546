using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using XdsCanary.TestKit;
using XdsCanary.TestKit.Processes;

namespace XdsCanary.EndToEnd.Tests.Canary;

/// <summary>Load by <c>hey</c>, the program that most canaries are tried with.</summary>
internal sealed partial class HeyLoad : IAsyncDisposable
{
    private readonly ChildProcess _process;

    private HeyLoad(ChildProcess process) => _process = process;

    /// <summary>Starts load on the service of a mesh, and waits until its first upstream answers it.</summary>
    /// <param name="mesh">The mesh.</param>
    /// <param name="workers">Connections.</param>
    /// <param name="rate">Requests a second of each.</param>
    public static async Task<HeyLoad> StartAsync(CanaryMesh mesh, int workers = 10, int rate = 40)
    {
        var load = new HeyLoad(ChildProcess.Start(
            "hey",
            Tool.Find("hey"),
            [
                "-z", "10m", "-c", Number(workers), "-q", Number(rate), "-host", mesh.Load.Host,
                $"http://127.0.0.1:{Number(mesh.Load.Port)}/",
            ]));
        try
        {
            var before = mesh.First.Requests;
            await Eventually.BecomesAsync(() => mesh.First.Requests > before + 100);
            return load;
        }
        catch
        {
            await load.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops it.</summary>
    /// <returns>Answers by status, and how many requests had none.</returns>
    public async Task<(IReadOnlyDictionary<int, long> ByStatus, long Errors, string Report)> StopAsync()
    {
        _process.Signal(PosixSignal.SIGINT);
        await _process.ExitAsync();
        var report = string.Join('\n', _process.Log.Lines);
        var byStatus = StatusLine().Matches(report).ToDictionary(match => Parse(match, 1), match => (long)Parse(match, 2));
        return (byStatus, ErrorLine().Matches(report).Sum(match => (long)Parse(match, 1)), report);
    }

    /// <summary>Stops it, and fails if any request did.</summary>
    public async Task StopWithoutFailureAsync()
    {
        var (byStatus, errors, report) = await StopAsync();
        Assert.True(errors == 0 && byStatus.Count == 1 && byStatus.GetValueOrDefault(200) > 100, report);
        Figures.Record($"hey: {byStatus[200]} requests, none failed");
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static int Parse(Match match, int group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^\s+\[(\d{3})\]\s+(\d+) responses", RegexOptions.Multiline)]
    private static partial Regex StatusLine();

    [GeneratedRegex(@"^\s+\[(\d+)\]\s+\D", RegexOptions.Multiline)]
    private static partial Regex ErrorLine();
}

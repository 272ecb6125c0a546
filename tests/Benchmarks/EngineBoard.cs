using System.Diagnostics;
using System.Globalization;
using XdsCanary.TestKit.Server;

namespace XdsCanary.Benchmarks;

/// <summary>What the server tells of its engine at one moment.</summary>
/// <param name="Initialised">Canaries that have a primary.</param>
/// <param name="Running">Canaries in analysis.</param>
/// <param name="Late">Rounds by the upper limit of how late they began, seconds, cumulative.</param>
internal sealed record EngineFigures(int Initialised, int Running, IReadOnlyDictionary<double, double> Late);

/// <summary>Reads the server's metrics, and its process' account.</summary>
internal sealed class EngineBoard(ServerProcess server, FakePrometheus prometheus)
{
    private const string LateBucket = "xdscanary_engine_lateness_seconds_bucket";

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public async Task WaitAsync(Func<EngineFigures, bool> accept, TimeSpan limit, string what)
    {
        var watch = Stopwatch.StartNew();
        while (await ReadAsync() is var figures && !accept(figures))
        {
            if (watch.Elapsed > limit)
            {
                throw new TimeoutException($"Not all canaries were {what} within {limit}: {figures.Initialised}, {figures.Running}");
            }

            await Task.Delay(Pause, TimeProvider.System);
        }
    }

    /// <summary>Waits until the server makes no rounds any more.</summary>
    public async Task WaitUntilQuietAsync(TimeSpan limit)
    {
        var rounds = double.NaN;
        await WaitAsync(
            figures =>
            {
                var before = rounds;
                rounds = figures.Late.GetValueOrDefault(double.PositiveInfinity);
                return rounds == before;
            },
            limit,
            "at rest");
    }

    /// <summary>Lets the server run for a while and prints what it cost.</summary>
    public async Task MeasureAsync(string state, TimeSpan window)
    {
        var before = await ReadAsync();
        var (cpu, queries, watch) = (ProcessFigures.CpuSeconds(server.ProcessId), prometheus.Queries, Stopwatch.StartNew());
        await Task.Delay(window, TimeProvider.System);
        var after = await ReadAsync();
        var seconds = watch.Elapsed.TotalSeconds;
        var late = after.Late.ToDictionary(pair => pair.Key, pair => pair.Value - before.Late.GetValueOrDefault(pair.Key));
        var rounds = late.GetValueOrDefault(double.PositiveInfinity);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"canaries, {state}, {seconds:F0} s: CPU {(ProcessFigures.CpuSeconds(server.ProcessId) - cpu) / seconds:P0} of one core, " +
            $"resident {ProcessFigures.ResidentBytes(server.ProcessId) / 1e6:F0} MB, {rounds / seconds:F0} rounds/s, " +
            $"{(prometheus.Queries - queries) / seconds:F0} queries/s; begun late by at most: p50 {At(late, 0.5)} s, p99 {At(late, 0.99)} s, " +
            $"all {At(late, 1)} s"));
    }

    // Nothing is late where there were no rounds.
    private static double At(Dictionary<double, double> late, double share) => late.OrderBy(pair => pair.Key)
        .First(pair => pair.Value >= share * late.GetValueOrDefault(double.PositiveInfinity)).Key;

    private async Task<EngineFigures> ReadAsync()
    {
        var text = await server.Admin.GetTextAsync("/metrics");
        var (initialised, running) = (0, 0);
        var late = new Dictionary<double, double>();
        foreach (var line in text.Split('\n'))
        {
            if (line.StartsWith("flagger_canary_status{", StringComparison.Ordinal))
            {
                // The running have the value 0, the failed 2 and all others 1.
                var isRunning = line.EndsWith(" 0", StringComparison.Ordinal);
                (initialised, running) = (initialised + (isRunning ? 0 : 1), running + (isRunning ? 1 : 0));
            }
            else if (line.StartsWith(LateBucket, StringComparison.Ordinal))
            {
                var limit = line[(line.IndexOf("le=\"", StringComparison.Ordinal) + 4)..line.LastIndexOf('"')];
                late[limit == "+Inf" ? double.PositiveInfinity : double.Parse(limit, CultureInfo.InvariantCulture)] =
                    double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);
            }
        }

        return new EngineFigures(initialised, running, late);
    }
}

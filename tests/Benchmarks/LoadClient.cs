using System.Text.Json;

namespace XdsCanary.Benchmarks;

/// <summary>
/// The load client's process: opens the streams, then answers each line on its standard input with one line that tells how
/// many streams hold which version of each type.
/// </summary>
internal static class LoadClient
{
    public static async Task RunAsync(Uri address, int count, int clusters, bool delta)
    {
        var names = Enumerable.Range(0, clusters).Select(FanoutSettings.Cluster).ToArray();
        var streams = Enumerable.Range(0, count).Select(i => new LoadStream(address, $"bench-{i}", names, delta)).ToArray();
        var running = streams.Select(stream => stream.RunAsync()).ToArray();
        while (await Console.In.ReadLineAsync() is not null)
        {
            var broken = running.Count(task => task.IsCompleted);
            var versions = streams.SelectMany(stream => stream.Versions)
                .GroupBy(pair => $"{pair.Key.Split('.')[^1]} {pair.Value}")
                .ToDictionary(group => group.Key, group => group.Count());
            Console.WriteLine(JsonSerializer.Serialize(new LoadStatus(
                broken, streams.Sum(stream => stream.Received), versions)));
        }
    }
}

/// <summary>The load client's answer.</summary>
/// <param name="Broken">Streams that have ended.</param>
/// <param name="Received">Responses received in all.</param>
/// <param name="Versions">Streams by type and version held.</param>
internal sealed record LoadStatus(int Broken, long Received, Dictionary<string, int> Versions);

using XdsCanary.Benchmarks;

// Each mode prints figures; none passes or fails by a time.
switch (args)
{
    case ["fanout", .. var rest]:
        await FanoutBenchmark.RunAsync(FanoutSettings.Parse(rest));
        return 0;
    case ["latency", .. var rest]:
        await LatencyBenchmark.RunAsync(rest is [var count, ..] ? int.Parse(count, null) : 200);
        return 0;
    case ["rebuild", .. var rest]:
        RebuildBenchmark.Run(rest is [var canaries, ..] ? int.Parse(canaries, null) : 2000);
        return 0;
    case ["canaries", .. var rest]:
        await CanariesBenchmark.RunAsync(rest is [var number, ..] ? int.Parse(number, null) : 10_000);
        return 0;
    case ["load-client", var address, var streams, var clusters, var variant]:
        await LoadClient.RunAsync(new Uri(address), int.Parse(streams, null), int.Parse(clusters, null), variant == "delta");
        return 0;
    default:
        Console.WriteLine("usage: Benchmarks fanout [STREAMS [CLUSTERS [PUSHES]]] | latency [CHANGES] | rebuild [CANARIES]\n" +
            "       Benchmarks canaries [CANARIES]");
        return 2;
}

using System.Globalization;
using System.Net;
using System.Text.Json;
using XdsCanary.EndToEnd.Tests.Mesh;
using XdsCanary.TestKit;
using XdsCanary.TestKit.Traffic;

namespace XdsCanary.EndToEnd.Tests.Canary;

/// <summary>A hopeless revision leaves the traffic of a real Envoy inside its interval.</summary>
[Collection(RealPrograms.Name)]
public sealed class FastAbortTests
{
    [Fact]
    public async Task A_revision_that_only_fails_is_without_traffic_within_ten_seconds_of_its_first_request()
    {
        await using var mesh = await CanaryMesh.StartAsync();
        await mesh.InitialiseAsync(
            ["interval: 1m", "threshold: 5", "stepWeight: 20"], metrics: CanaryText.BuiltInMetrics("1m"));
        var bad = await mesh.UpstreamAsync("bad");
        bad.Status = HttpStatusCode.InternalServerError;
        await using var traffic = TrafficClient.Start(mesh.Load with { RequestsPerSecond = 200 });

        mesh.Release(bad);
        await Eventually.BecomesAsync(() => bad.Requests > 0);
        var first = TimeProvider.System.GetTimestamp();
        var status = await mesh.PhaseAsync("Failed");
        await mesh.FollowsAsync(0);
        var elapsed = TimeProvider.System.GetElapsedTime(first);

        Figures.Record($"weight 0 acknowledged {elapsed.TotalSeconds:0.0} s after the first bad request; {bad.Requests} were bad");
        Assert.True(elapsed < TimeSpan.FromSeconds(10), $"{elapsed}");
        Assert.Equal("FastAbort", CanaryMesh.Text(status, "reason"));
        Assert.Contains("success rate 0.00% < 99%", CanaryMesh.Text(status, "message"), StringComparison.Ordinal);
        var seen = bad.Requests;
        await traffic.AdvancesAsync(200);
        Assert.Equal(seen, bad.Requests);
    }

    [Fact]
    public async Task The_verdict_reaches_the_Envoy_in_milliseconds_each_time()
    {
        var isLong = Environment.GetEnvironmentVariable("XDSCANARY_LONG") == "1";
        var rounds = isLong ? 100 : 10;
        await using var mesh = await CanaryMesh.StartAsync();
        await mesh.InitialiseAsync(
            ["interval: 1m", "threshold: 5", "stepWeight: 50", "abort: {interval: 100ms, minSamples: 1}"],
            metrics: CanaryText.BuiltInMetrics("1m"));
        var bad = (await mesh.UpstreamAsync("bad-1"), await mesh.UpstreamAsync("bad-2"));
        bad.Item1.Status = bad.Item2.Status = HttpStatusCode.InternalServerError;
        await using var traffic = TrafficClient.Start(mesh.Load with { RequestsPerSecond = 200 });

        var times = new List<double>();
        var last = DateTimeOffset.MinValue;
        for (var round = 0; round < rounds; round++)
        {
            mesh.Release(round % 2 == 0 ? bad.Item1 : bad.Item2);
            var status = await mesh.StatusAsync(status => EndOf(status) is { } end && end != last);
            last = EndOf(status)!.Value;
            Assert.Equal("FastAbort", CanaryMesh.Text(status, "reason"));
            await mesh.FollowsAsync(0);
            var routes = (await mesh.Envoy.Admin.ResourcesAsync()).Single(resource => resource.Kind == "routes");
            var applied = DateTimeOffset.Parse(routes.LastUpdated, CultureInfo.InvariantCulture);
            times.Add((applied - last).TotalMilliseconds);
        }

        times.Sort();
        var p99 = times[(int)((times.Count - 1) * 0.99)];
        Figures.Record(
            $"{rounds} verdicts, from the start of the decision until Envoy has the route: "
            + $"p50 {times[times.Count / 2]:0.0} ms, p99 {p99:0.0} ms, most {times[^1]:0.0} ms");
        Assert.Equal(rounds, times.Count);
        Assert.InRange(times[0], -1, 1000);

        // The long form has the machine to itself, and is what the promise is measured by.
        Assert.True(!isLong || p99 <= 100, $"The 99th percentile is {p99} ms.");

        // The machine may be busy with other things; a verdict that waits for a timer would take longer than this.
        Assert.True(times[times.Count / 2] < 500, $"The median is {times[times.Count / 2]} ms.");
    }

    private static DateTimeOffset? EndOf(JsonElement status) =>
        status.TryGetProperty("history", out var history) && history.GetArrayLength() > 0
            ? history[history.GetArrayLength() - 1].GetProperty("endedAt").GetDateTimeOffset()
            : null;
}

using System.Net;
using XdsCanary.TestKit;
using XdsCanary.TestKit.Processes;
using XdsCanary.TestKit.Traffic;

namespace XdsCanary.EndToEnd.Tests.Kit;

/// <summary>The load client counts what happens, or no test that relies on it means anything.</summary>
public sealed class TrafficClientTests
{
    [Fact]
    public async Task Every_request_is_counted_once_by_client_and_upstream()
    {
        await using var upstream = await UpstreamServer.StartAsync("one");

        var report = await TrafficClient.RunAsync(To(upstream.Port), 5_000);

        Figures.Record($"without an Envoy: {report}");
        Assert.Equal(5_000, report.Requests);
        Assert.Equal(5_000, report.From("one"));
        Assert.Equal(5_000, report.ByStatus[200]);
        Assert.Equal(0, report.Failed);
        Assert.Equal(5_000, upstream.Requests);
    }

    [Fact]
    public async Task Rate_is_kept()
    {
        await using var upstream = await UpstreamServer.StartAsync("one");

        var report = await TrafficClient.RunAsync(To(upstream.Port) with { RequestsPerSecond = 200 }, 200);

        Assert.InRange(report.Elapsed.TotalSeconds, 0.95, 10);
    }

    [Fact]
    public async Task Error_answers_are_failures_with_their_text()
    {
        await using var upstream = await UpstreamServer.StartAsync("one");
        upstream.Status = HttpStatusCode.ServiceUnavailable;

        var report = await TrafficClient.RunAsync(To(upstream.Port), 10);

        Assert.Equal(10, report.Failed);
        Assert.Equal(10, report.Failures["503 one"]);
        Assert.Equal(10, report.From("one"));
    }

    [Fact]
    public async Task Refused_connections_are_failures()
    {
        var report = await TrafficClient.RunAsync(To(FreePort.Next()), 5);

        Assert.Equal(5, report.Failed);
        Assert.Empty(report.ByStatus);
    }

    [Fact]
    public async Task Answers_that_do_not_come_are_failures()
    {
        await using var upstream = await UpstreamServer.StartAsync("one");
        upstream.Delay = TimeSpan.FromMinutes(1);

        var report = await TrafficClient.RunAsync(To(upstream.Port) with { Timeout = TimeSpan.FromMilliseconds(200) }, 4);

        Assert.Equal(4, report.Failures["no answer within 0.2 s"]);
    }

    [Fact]
    public async Task Server_that_goes_away_is_seen_and_so_is_its_return()
    {
        var upstream = await UpstreamServer.StartAsync("one");
        await using var traffic = TrafficClient.Start(To(upstream.Port));
        await traffic.AdvancesAsync(100);

        await upstream.DisposeAsync();

        await Eventually.BecomesAsync(() => traffic.Report().Failed > 0);
        Assert.True((await traffic.StopAsync()).From("one") >= 100);
    }

    private static TrafficOptions To(int port) => new() { Port = port, Host = "one.default" };
}

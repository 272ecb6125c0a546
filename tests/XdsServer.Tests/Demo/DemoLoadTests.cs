using System.Net;
using System.Net.Sockets;
using XdsCanary.XdsServer.Demo;

namespace XdsCanary.XdsServer.Tests.Demo;

public sealed class DemoLoadTests
{
    [Fact]
    public async Task Load_counts_the_answers_by_version_and_starts_anew_on_reset()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20), TimeProvider.System);
        await using var upstream = await DemoUpstream.StartAsync("v1", limit.Token);
        await using var load = DemoLoad.Start(Address(upstream.Port), "shop.default", 500, 16, TimeProvider.System);

        var first = await ReadAsync(load, 50, limit.Token);
        load.Reset();
        var second = load.Read();

        Assert.Equal(0, first.Failed);
        Assert.Equal(first.Requests, first.ByVersion["v1"]);
        Assert.Equal(first.Requests, first.ByStatus[200]);
        Assert.True(second.Requests < first.Requests);
    }

    [Fact]
    public async Task Load_counts_requests_without_an_answer_as_failed()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20), TimeProvider.System);
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        var port = ((IPEndPoint)closed.LocalEndpoint).Port;
        closed.Stop();
        await using var load = DemoLoad.Start(Address(port), "shop.default", 200, 4, TimeProvider.System);

        var counts = await ReadAsync(load, 5, limit.Token);

        Assert.Equal(counts.Requests, counts.Failed);
        Assert.Empty(counts.ByStatus);
    }

    private static async Task<LoadCounts> ReadAsync(DemoLoad load, int enough, CancellationToken cancellationToken)
    {
        while (load.Read() is var counts)
        {
            if (counts.Requests >= enough)
            {
                return counts;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, cancellationToken);
        }

        return LoadCounts.None;
    }

    private static Uri Address(int port) => new($"http://127.0.0.1:{port}/");
}

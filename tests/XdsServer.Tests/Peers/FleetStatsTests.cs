using XdsCanary.CanaryEngine.Ports;

namespace XdsCanary.XdsServer.Tests.Peers;

/// <summary>Where the statistics of all replicas' proxies are read, whoever they are connected to and whoever leads.</summary>
public sealed class FleetStatsTests
{
    private const string Peer = "10.0.0.2";
    private const string Other = "10.0.0.3";
    private const string Own = "http://10.1.0.1:9901/";
    private const string First = "http://10.1.0.2:9901/";
    private const string Second = "http://10.1.0.3:9901/";

    [Fact]
    public async Task Replica_that_has_never_asked_how_far_proxies_follow_finds_those_of_the_others()
    {
        using var peers = new FakePeers(Peer, Other);
        peers.Local.Add(new Uri(Own));
        peers.Tell(Peer, First);
        peers.Tell(Other, Second);

        Assert.Equal([Own, First, Second], await peers.FindAsync());
    }

    [Fact]
    public async Task Proxies_that_come_and_go_at_another_replica_are_known_when_they_are_read_next()
    {
        using var peers = new FakePeers(Peer);
        peers.Tell(Peer);
        Assert.Empty(await peers.FindAsync());

        peers.Tell(Peer, First);
        Assert.Equal([First], await peers.FindAsync());

        peers.Tell(Peer, Second);
        Assert.Equal([Second], await peers.FindAsync());
    }

    [Fact]
    public async Task Proxy_that_several_replicas_name_is_read_once()
    {
        using var peers = new FakePeers(Peer, Other);
        peers.Local.Add(new Uri(First));
        peers.Tell(Peer, First, Second);
        peers.Tell(Other, Second, First);

        Assert.Equal([First, Second], await peers.FindAsync());
    }

    [Theory]
    [InlineData(true, 59.9, true)]
    [InlineData(true, 60, false)]
    [InlineData(false, 59.9, true)]
    [InlineData(false, 60, false)]
    public async Task Proxies_of_a_replica_that_is_silent_or_gone_are_read_for_a_minute_more(bool isListed, double seconds, bool isRead)
    {
        using var peers = new FakePeers(Peer, Other);
        peers.Tell(Peer, First);
        peers.Tell(Other, Second);
        await peers.FindAsync();
        peers.Answers.Remove(Peer);
        peers.List(isListed ? [Peer, Other] : [Other]);
        Assert.Equal([First, Second], await peers.FindAsync());

        peers.Time.Advance(TimeSpan.FromSeconds(seconds));

        Assert.Equal(isRead ? [First, Second] : [Second], await peers.FindAsync());
    }

    [Fact]
    public async Task Silence_of_a_replica_and_its_end_are_told_once()
    {
        using var peers = new FakePeers(Peer);
        await peers.FindAsync();
        await peers.FindAsync();
        peers.Tell(Peer, First);
        await peers.FindAsync();
        await peers.FindAsync();

        Assert.Equal(
            [
                $"Replica {Peer}:8080 does not tell where its proxies are (nobody there): statistics are read without any that are new",
                $"Replica {Peer}:8080 tells where its proxies are again",
            ],
            peers.Logged);
    }

    // A lost node is listed for minutes: each reading would come a second late.
    [Fact]
    public async Task Replica_that_is_silent_is_not_waited_for_again()
    {
        using var peers = new FakePeers(Peer, Other);
        peers.Tell(Other, Second);
        await peers.FindAsync();
        var answers = new TaskCompletionSource();
        var asked = 0;
        peers.Before = () => asked++ == 0 ? answers.Task : Task.CompletedTask;
        peers.Tell(Peer, First);

        Assert.Equal([Second], await peers.FindAsync());
        answers.SetResult();
        Assert.Equal([First, Second], await peers.FindAsync());
    }

    [Theory]
    [InlineData("{}", false)]
    [InlineData("null", true)]
    [InlineData("<html>", true)]
    public async Task Answer_that_names_no_proxies_takes_nothing_from_the_other_replicas(string answer, bool isFault)
    {
        using var peers = new FakePeers(Peer, Other);
        peers.Answers[Peer] = answer;
        peers.Tell(Other, Second);

        Assert.Equal([Second], await peers.FindAsync());
        Assert.Equal(isFault, peers.Logged.Count > 0);
    }

    // The first is what a replica of the build before says, which tells no namespaces.
    [Theory]
    [InlineData("""{"replica":"old","wanted":[],"proxies":0,"lagging":[],"isKnown":false,"statsEndpoints":["FIRST"]}""", null)]
    [InlineData("""{"statsEndpoints":["SECOND"],"statsProxies":[{"address":"FIRST","namespace":"shop"}]}""", "shop")]
    [InlineData("""{"statsProxies":[{"address":"FIRST","namespace":null,"more":1}],"more":{}}""", null)]
    public async Task Namespace_of_a_proxy_is_what_its_replica_tells_if_it_tells_it(string answer, string? expected)
    {
        using var peers = new FakePeers(Peer);
        peers.Answers[Peer] = answer.Replace("FIRST", First, StringComparison.Ordinal).Replace("SECOND", Second, StringComparison.Ordinal);

        Assert.Equal([new ProxyEndpoint(new Uri(First), expected)], await peers.Fleet.FindAsync(TestContext.Current.CancellationToken));
        Assert.Empty(peers.Logged);
    }

    [Fact]
    public async Task One_who_ends_the_wait_gets_no_part_of_an_answer()
    {
        using var peers = new FakePeers(Peer);
        peers.Tell(Peer, First);
        using var end = new CancellationTokenSource();
        peers.Before = () => Task.FromCanceled(end.Token);
        await end.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await peers.Fleet.FindAsync(end.Token));
        Assert.Empty(peers.Logged);
    }
}

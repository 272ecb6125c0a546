using XdsCanary.CanaryEngine.Ports;

namespace XdsCanary.XdsServer.Tests.Peers;

/// <summary>What is made of a replica that does not answer: its proxies are held to lag for a while, then it is done without them.</summary>
public sealed class PeerConvergenceTests
{
    private const string Peer = "10.0.0.2";
    private const string Other = "10.0.0.3";

    [Fact]
    public async Task H_20_A_silent_replica_counts_as_it_last_did_for_the_service_asked_about()
    {
        using var peers = new FakePeers(Peer);
        peers.Proxies[(Peer, "many")] = 5;
        peers.Proxies[(Peer, "few")] = 1;
        await peers.AskAsync("many");
        await peers.AskAsync("few");
        peers.Proxies.Clear();

        Assert.Equal((5, 0, $"5 proxies of replica {Peer}:8080, which does not answer"), Seen(await peers.AskAsync("many")));
        Assert.Equal((1, 0, $"1 proxies of replica {Peer}:8080, which does not answer"), Seen(await peers.AskAsync("few")));
        Assert.Equal((0, 0, string.Empty), Seen(await peers.AskAsync("never asked about")));
    }

    [Theory]
    [InlineData(30, 0, true)]
    [InlineData(30, 14.9, true)]
    [InlineData(30, 15, false)]
    [InlineData(30, 300, false)]
    [InlineData(2, 0.9, true)]
    [InlineData(2, 1, false)]
    [InlineData(600, 59, true)]
    [InlineData(600, 60, false)]
    public async Task H_20_A_replica_is_done_without_once_it_is_silent_for_half_the_patience_at_most_a_minute(
        double patience, double silent, bool isCounted)
    {
        using var peers = new FakePeers(Peer, Other);
        peers.Proxies[(Peer, "shop")] = 5;
        peers.Proxies[(Other, "shop")] = 2;
        await peers.AskAsync("shop");

        // Nobody asks while a weight is observed: it is silent from the first question on that it does not answer.
        peers.Time.Advance(TimeSpan.FromHours(1));
        peers.Proxies.Remove((Peer, "shop"));
        Assert.Equal(7, (await peers.AskAsync("shop", patience)).Proxies);
        peers.Time.Advance(TimeSpan.FromSeconds(silent));

        Assert.Equal(isCounted ? (7, 2) : (2, 2), Counts(await peers.AskAsync("shop", patience)));
    }

    [Fact]
    public async Task H_20_A_replica_that_comes_back_counts_with_what_it_says_then()
    {
        using var peers = new FakePeers(Peer);
        peers.Proxies[(Peer, "shop")] = 5;
        peers.Proxies[(Peer, "other")] = 4;
        await peers.AskAsync("shop");
        await peers.AskAsync("other");
        peers.Proxies.Clear();
        for (var second = 0; second <= 20; second++)
        {
            Assert.Equal(second < 15 ? 5 : 0, (await peers.AskAsync("shop")).Proxies);
            peers.Time.Advance(TimeSpan.FromSeconds(1));
        }

        peers.Proxies[(Peer, "shop")] = 3;
        Assert.Equal((3, 3), Counts(await peers.AskAsync("shop")));
        peers.Proxies.Clear();

        // A silence of its own; what was known before the last one has nothing to say about the replica that came back.
        Assert.Equal((3, 0), Counts(await peers.AskAsync("shop")));
        Assert.Equal((0, 0), Counts(await peers.AskAsync("other")));
        Assert.Equal(
            [
                $"Replica {Peer}:8080 does not answer (nobody there): how far its proxies follow is not known",
                $"Replica {Peer}:8080 has not answered for 15 s: its proxies no longer hold up canaries",
                $"Replica {Peer}:8080 answers again",
                $"Replica {Peer}:8080 does not answer (nobody there): how far its proxies follow is not known",
            ],
            peers.Logged);
    }

    [Fact]
    public async Task H_20_A_short_silence_forgets_nothing()
    {
        using var peers = new FakePeers(Peer);
        peers.Proxies[(Peer, "shop")] = 5;
        peers.Proxies[(Peer, "other")] = 4;
        await peers.AskAsync("shop");
        await peers.AskAsync("other");
        peers.Proxies.Remove((Peer, "shop"));
        for (var second = 0; second < 60; second++)
        {
            // One question in two is not answered: it is never silent for long.
            Assert.Equal(5, (await peers.AskAsync("shop")).Proxies);
            Assert.Equal((4, 4), Counts(await peers.AskAsync("other")));
            peers.Time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    [Fact]
    public async Task H_20_A_question_put_before_the_last_answer_does_not_begin_a_silence()
    {
        using var peers = new FakePeers(Peer);
        peers.Proxies[(Peer, "shop")] = 5;
        await peers.AskAsync("shop");
        peers.Proxies.Clear();
        var slow = new TaskCompletionSource();
        peers.Before = () => slow.Task;
        var unanswered = peers.AskAsync("shop");
        peers.Time.Advance(TimeSpan.FromSeconds(1));
        peers.Before = () => Task.CompletedTask;
        peers.Proxies[(Peer, "shop")] = 5;
        await peers.AskAsync("shop");
        slow.SetResult();

        Assert.Equal((5, 0), Counts(await unanswered));
        Assert.Empty(peers.Logged);
    }

    [Fact]
    public async Task H_20_A_replica_that_is_not_listed_any_more_is_not_counted_at_once_nor_when_it_is_listed_again()
    {
        using var peers = new FakePeers(Peer, Other);
        peers.Proxies[(Peer, "shop")] = 5;
        peers.Proxies[(Other, "shop")] = 2;
        await peers.AskAsync("shop");
        peers.Proxies.Remove((Peer, "shop"));
        peers.List(Other);
        Assert.Equal((2, 2), Counts(await peers.AskAsync("shop")));

        peers.List(Peer, Other);

        Assert.Equal((2, 2), Counts(await peers.AskAsync("shop")));
    }

    private static (int Proxies, int Converged, string Lagging) Seen(ServiceConvergence seen) =>
        (seen.Proxies, seen.Converged, string.Join(", ", seen.Lagging.Select(proxy => proxy.Node)));

    private static (int Proxies, int Converged) Counts(ServiceConvergence seen) => (seen.Proxies, seen.Converged);
}

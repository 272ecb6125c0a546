using System.Net;
using static XdsCanary.KubeRuntime.Tests.Cluster.ClusterRig;

namespace XdsCanary.KubeRuntime.Tests.Cluster;

/// <summary>How kinds are followed again when the API server is back, or was never away.</summary>
public sealed class ClusterReturnTests
{
    [Fact]
    public async Task First_answer_of_a_server_that_was_away_ends_the_pauses_of_all_kinds()
    {
        await using var rig = new ClusterRig(Things, Others);
        rig.Start();
        for (var i = 0; i < 16; i++)
        {
            rig.Pause(30).Call.Break();
        }

        // Both wait for long now. The one whose turn comes first finds the server back; the other does not wait for its turn.
        var (first, longPause) = rig.Pause(30);
        first.Answer(List(1));
        var calls = Enumerable.Range(0, 2).Select(_ => rig.Pause(0.26)).ToList();

        Assert.InRange(longPause.TotalSeconds, 1, 30.1);
        Assert.Equal(2, calls.Select(call => call.Call.Path).Distinct().Count());
        Assert.Single(calls, call => call.Call.Path == first.Path && call.Call.IsWatch);
    }

    [Fact]
    public async Task Server_that_was_away_again_and_again_is_listed_as_soon_as_after_the_first_time()
    {
        await using var rig = new ClusterRig(Things);
        var feed = await rig.FollowAsync(9, Thing("a", 3));
        for (var outage = 1; outage <= 5; outage++)
        {
            feed.Cut();
            rig.Pause(1).Call.Break();
            rig.Pause(1).Call.Open().Error(410, "too old resource version");
            var (list, pause) = rig.Pause(30);
            Assert.False(list.IsWatch);
            Assert.InRange(pause.TotalSeconds, 0.5, 1.01);
            list.Answer(List(9 + outage, Thing("a", 3)));
            feed = (await rig.WatchAsync()).Open();
        }

        Assert.DoesNotContain(rig.Log.Warnings, text => text.Contains("too old", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Server_that_is_busy_between_lists_is_listed_less_and_less_often()
    {
        await using var rig = new ClusterRig(Things);
        var feed = await rig.FollowAsync(9, Thing("a", 3));
        var pause = TimeSpan.Zero;
        for (var restart = 1; restart <= 5; restart++)
        {
            feed.Error(410, "too old resource version");
            (var list, pause) = rig.Pause(30);
            list.Refuse(HttpStatusCode.TooManyRequests, "too many requests");
            rig.Pause(1).Call.Answer(List(9 + restart, Thing("a", 3)));
            feed = (await rig.WatchAsync()).Open();
        }

        Assert.InRange(pause.TotalSeconds, 8, 16.01);
    }

    [Fact]
    public async Task Answer_that_the_server_is_busy_ends_no_pause_of_another_kind()
    {
        await using var rig = new ClusterRig(Things, Others);
        rig.Start();
        for (var i = 0; i < 16; i++)
        {
            rig.Pause(30).Call.Refuse(HttpStatusCode.TooManyRequests, "too many requests");
        }

        rig.Pause(30).Call.Answer(List(1));
        Assert.True(rig.Pause(0.01).Call.IsWatch);
        Assert.Throws<InvalidOperationException>(() => rig.Pause(0.3));
    }
}

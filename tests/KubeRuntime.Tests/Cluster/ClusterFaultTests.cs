using System.Net;
using XdsCanary.KubeRuntime.Cluster;
using XdsCanary.KubeRuntime.Tests.Api;
using static XdsCanary.KubeRuntime.Tests.Cluster.ClusterRig;

namespace XdsCanary.KubeRuntime.Tests.Cluster;

/// <summary>How objects are followed while the API server is away, wrong, or slow.</summary>
public sealed class ClusterFaultTests
{
    [Fact]
    public async Task While_the_server_is_away_what_is_known_stays_and_it_is_said_once_and_asked_for_ever_less_often()
    {
        await using var rig = new ClusterRig(Things);
        var feed = await rig.FollowAsync(9, Thing("a", 3));
        feed.Write("MODIFIED", Thing("a", 10));
        feed.Cut();

        var pauses = new List<double>();
        for (var i = 0; i < 12; i++)
        {
            var (call, pause) = rig.Pause(30);
            pauses.Add(pause.TotalSeconds);
            Assert.Contains("resourceVersion=10&", call.Query, StringComparison.Ordinal);
            call.Break();
        }

        Assert.Equal("a@10", rig.Known);
        Assert.InRange(pauses[1], 0.12, 0.26);
        Assert.All(pauses.Skip(9), pause => Assert.InRange(pause, 15, 30.1));
        Assert.Equal(
            "Following things is in trouble: GET /apis/example.io/v1/things: connection refused. What is known stays",
            Assert.Single(rig.Log.Warnings));

        rig.Pause(30).Call.Open().Write("ADDED", Thing("b", 11));
        Assert.Equal("a@10 b@11", rig.Known);
        Assert.Equal("Following things goes on", rig.Log.All.Last());
    }

    [Fact]
    public async Task Lack_of_rights_is_told_with_what_to_grant_even_after_another_trouble()
    {
        await using var rig = new ClusterRig("shop", Things);
        rig.Start();
        (await rig.NextAsync()).Break();
        rig.Pause(1).Call.Refuse(HttpStatusCode.Forbidden, "things.example.io is forbidden");
        rig.Pause(1).Call.Refuse(HttpStatusCode.Forbidden, "things.example.io is forbidden");

        Assert.False(rig.Source.HasSynced);
        Assert.Equal(2, rig.Log.Warnings.Count());
        Assert.Equal(
            "Following things is in trouble: GET /apis/example.io/v1/namespaces/shop/things: 403 things.example.io is forbidden. "
                + "Grant get, list and watch of things in namespace shop. What is known stays",
            rig.Log.Warnings.Last());
    }

    [Fact]
    public async Task One_answer_that_a_kind_is_not_there_takes_away_nothing_and_a_second_one_does()
    {
        await using var rig = new ClusterRig(Things);
        var feed = await rig.FollowAsync(9, Thing("a", 3));
        feed.End();
        rig.Pause(1).Call.Answer("404 page not found", HttpStatusCode.NotFound);
        Assert.Equal("a@3", rig.Known);

        var (again, pause) = rig.Pause(10);
        Assert.InRange(pause.TotalSeconds, 5, 10.1);
        var second = again.Open();
        second.End();
        rig.Pause(1).Call.Refuse(HttpStatusCode.NotFound, "none");
        Assert.Equal("a@3", rig.Known);
        rig.Pause(10).Call.Refuse(HttpStatusCode.NotFound, "none");

        Assert.Equal(string.Empty, rig.Known);
        rig.Pause(10).Call.Answer(List(50, Thing("b", 45)));
        Assert.Equal("b@45", rig.Known);
    }

    [Fact]
    public async Task Broken_line_lists_anew_and_one_that_comes_again_and_again_does_so_ever_less_often()
    {
        await using var rig = new ClusterRig(Things);
        var feed = await rig.FollowAsync(9, Thing("a", 3));
        var pauses = new List<double>();
        for (var i = 0; i < 8; i++)
        {
            feed.Write("MODIFIED", Thing("a", 10 + i));
            feed.WriteText("{\"type\":\"ADDED\",\n");
            feed.Write("DELETED", Thing("a", 90));
            var (list, pause) = rig.Pause(30);
            pauses.Add(pause.TotalSeconds);
            Assert.False(list.IsWatch);
            list.Answer(List(10 + i, Thing("a", 10 + i)));
            feed = (await rig.WatchAsync()).Open();
        }

        Assert.InRange(pauses[0], 0.5, 1.1);
        Assert.True(pauses[7] >= 15, $"{pauses[7]}");
        Assert.Equal("a@17", rig.Known);
        Assert.NotEmpty(rig.Log.Errors);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Connection_cut_in_the_middle_of_a_line_is_resumed_from_the_line_before(bool isClean)
    {
        await using var rig = new ClusterRig(Things);
        var feed = await rig.FollowAsync(9, Thing("a", 3));
        feed.Write("MODIFIED", Thing("a", 10));
        feed.WriteText("""{"type":"MODIFIED","object":{"apiVersion":"exam""");
        (isClean ? (Action)feed.End : feed.Cut)();

        var (call, _) = rig.Pause(0.25);
        Assert.True(call.IsWatch);
        Assert.Contains("resourceVersion=10&", call.Query, StringComparison.Ordinal);
        call.Open().Write("MODIFIED", Thing("a", 11));
        Assert.Equal("a@11", rig.Known);
        Assert.Empty(rig.Log.Errors);
        Assert.Empty(rig.Log.Warnings);
    }

    [Theory]
    [InlineData("end")]
    [InlineData("error")]
    [InlineData("gone")]
    public async Task Watch_that_ends_at_once_every_time_is_asked_for_ever_less_often(string how)
    {
        await using var rig = new ClusterRig(Things);
        var feed = await rig.FollowAsync(9, Thing("a", 3));
        var last = TimeSpan.Zero;
        for (var i = 0; i < 10; i++)
        {
            End(feed);
            var (call, pause) = rig.Pause(30);
            last = pause;
            if (!call.IsWatch)
            {
                call.Answer(List(9, Thing("a", 3)));
                call = await rig.WatchAsync();
            }

            feed = call.Open();
        }

        Assert.InRange(last.TotalSeconds, 15, 30.1);
        Assert.Equal(how != "end", rig.Log.Warnings.Any());

        // One that lasted makes good for them.
        rig.Advance(31);
        feed.End();
        Assert.True(rig.Pause(0.25).Call.IsWatch);

        void End(WatchFeed ended)
        {
            if (how == "end")
            {
                ended.Bookmark(9);
                ended.End();
            }
            else
            {
                ended.Error(how == "gone" ? 410 : 500, "etcdserver: no leader");
                ended.End();
            }
        }
    }

    [Fact]
    public async Task Server_that_does_not_answer_is_given_up_and_said_and_one_that_falls_silent_is_listed_anew()
    {
        await using var rig = new ClusterRig(Things);
        var feed = await rig.FollowAsync(5000, Thing("a", 3), Thing("b", 4000));
        rig.Advance(149);
        feed.Bookmark(5001);
        rig.Advance(149);
        Assert.False(rig.Server.TryNext(out _));
        rig.Advance(1);

        // The server was set back to a backup: its versions are older than what is known, and its list counts.
        rig.Pause(1).Call.Answer(List(1000, Thing("a", 2), Thing("c", 900)));
        Assert.Equal("a@2 c@900", rig.Known);
        var unanswered = await rig.WatchAsync();
        rig.Advance(15);

        Assert.True(unanswered.IsGivenUp);
        Assert.Contains("GET /apis/example.io/v1/things: no answer within 15 s", Assert.Single(rig.Log.Warnings), StringComparison.Ordinal);
        rig.Pause(1).Call.Open().Write("MODIFIED", Thing("a", 1001));
        Assert.Equal("a@1001 c@900", rig.Known);
    }

    [Fact]
    public async Task Older_version_than_before_in_a_watch_means_that_all_is_listed()
    {
        await using var rig = new ClusterRig(Things);
        var feed = await rig.FollowAsync(5000, Thing("a", 3));
        feed.Bookmark(1000);

        var (list, _) = rig.Pause(1);
        Assert.False(list.IsWatch);
        Assert.Equal("a@3", rig.Known);
    }

    [Fact]
    public async Task Unreadable_object_hides_no_other_and_goes_when_it_is_deleted()
    {
        var deep = string.Concat(Enumerable.Repeat("{\"x\":", 200)) + "1" + new string('}', 200);
        var bad = $$$"""{"apiVersion":"example.io/v1","kind":"Thing","metadata":{"name":"bad","namespace":"default","resourceVersion":"4"},"spec":{{{deep}}}}""";
        await using var rig = new ClusterRig(Things);
        var feed = await rig.FollowAsync(9, Thing("a", 3), bad, "7", Thing("z", 5));

        Assert.True(rig.Source.HasSynced);
        Assert.Equal("a@3 z@5", rig.Known);
        Assert.Equal(2, rig.Log.Warnings.Count());
        Assert.Equal("default/bad", Assert.Single(rig.Source.Current.Problems).Object?.Name.ToString());

        // The last good version stays.
        feed.Write("MODIFIED", Thing("bad", 10));
        Assert.Empty(rig.Source.Current.Problems);
        feed.Write("MODIFIED", bad.Replace("\"4\"", "\"11\"", StringComparison.Ordinal));
        Assert.Equal("a@3 bad@10 z@5", rig.Known);
        Assert.Single(rig.Source.Current.Kept);
        feed.Write("DELETED", bad.Replace("\"4\"", "\"12\"", StringComparison.Ordinal));

        Assert.Equal("a@3 z@5", rig.Known);
        Assert.Empty(rig.Source.Current.Problems);
        Assert.Empty(rig.Source.Current.Kept);
        Assert.Empty(rig.Log.Errors);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"metadata":{"resourceVersion":""},"items":[]}""")]
    [InlineData("""{"metadata":null,"items":null}""")]
    [InlineData("<html>the gateway is starting</html>")]
    public async Task Answer_that_is_no_list_takes_away_nothing(string answer)
    {
        await using var rig = new ClusterRig(Things);
        var feed = await rig.FollowAsync(9, Thing("a", 3));
        feed.Error(410, "too old");
        rig.Pause(1).Call.Answer(answer);

        Assert.Equal("a@3", rig.Known);
        Assert.Contains("GET /apis/example.io/v1/things: ", Assert.Single(rig.Log.Warnings), StringComparison.Ordinal);
        var (list, pause) = rig.Pause(1);
        Assert.True(pause > TimeSpan.Zero);
        list.Answer(List(20));
        Assert.Equal(string.Empty, rig.Known);
    }

    [Theory]
    [InlineData("""{"resources":null}""")]
    [InlineData("[1]")]
    [InlineData("""{"resources":[null,{"name":7}]}""")]
    public async Task Strange_answer_about_versions_means_only_that_this_one_is_not_served(string answer)
    {
        await using var rig = new ClusterRig(Choice);
        rig.Start();
        (await rig.NextAsync()).Answer(answer);
        (await rig.NextAsync()).Answer(Group("things"));
        (await rig.NextAsync()).Answer(List(9, Thing("a", 3)));

        Assert.Equal("a@3", rig.Known);
        Assert.Empty(rig.Log.Errors);
    }

    [Fact]
    public async Task Stopping_ends_all_watchers_and_gives_up_what_they_wait_for()
    {
        var rig = new ClusterRig(Things, new WatchedKind("example.io", "Other", "others", ["v1"]));
        rig.Start();
        var (first, second) = (await rig.NextAsync(), await rig.NextAsync());
        first.Answer(List(9));
        (await rig.WatchAsync()).Open();

        await rig.DisposeAsync();

        Assert.True(second.IsGivenUp);
        Assert.True(rig.Running.IsCanceled);
        Assert.Empty(rig.Log.Errors);
    }
}

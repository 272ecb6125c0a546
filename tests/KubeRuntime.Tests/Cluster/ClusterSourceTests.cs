using System.Net;
using XdsCanary.KubeRuntime.Cluster;
using XdsCanary.KubeRuntime.Tests.Api;
using static XdsCanary.KubeRuntime.Tests.Cluster.ClusterRig;

namespace XdsCanary.KubeRuntime.Tests.Cluster;

/// <summary>How objects are followed while the API server does what its protocol says.</summary>
public sealed class ClusterSourceTests
{
    [Fact]
    public async Task Pages_of_a_list_are_joined_and_the_watch_begins_at_the_list_s_version()
    {
        await using var rig = new ClusterRig("shop", Things with { FieldSelector = "type!=a/b", LabelSelector = "app=x" });
        rig.Start();
        var first = await rig.NextAsync();
        Assert.Equal("/apis/example.io/v1/namespaces/shop/things", first.Path);
        Assert.Equal("?limit=500&fieldSelector=type!=a/b&labelSelector=app=x", first.Query);

        first.Answer($$$"""{"metadata":{"resourceVersion":"9","continue":"t=1&2"},"items":[{{{Thing("a", 3)}}}]}""");
        Assert.False(rig.Source.HasSynced);
        var second = await rig.NextAsync();
        Assert.EndsWith("&continue=t=1&2", second.Query, StringComparison.Ordinal);
        Assert.Contains("continue=t%3D1%262", second.Address.Query, StringComparison.Ordinal);
        second.Answer(List(9, Thing("b", 4)));

        Assert.True(rig.Source.HasSynced);
        Assert.Equal("a@3 b@4", rig.Known);
        var watch = await rig.WatchAsync();
        Assert.Matches(
            @"^\?watch=true&allowWatchBookmarks=true&resourceVersion=9&timeoutSeconds=[345]\d\d&fieldSelector=type!=a/b&labelSelector=app=x$",
            watch.Query);
    }

    [Fact]
    public async Task Watch_adds_changes_and_removes_and_its_end_resumes_from_the_last_bookmark()
    {
        await using var rig = new ClusterRig(Things);
        var feed = await rig.FollowAsync(9, Thing("a", 3));

        feed.Write("ADDED", Thing("b", 10));
        Assert.Equal("a@3 b@10", rig.Known);
        feed.Write("MODIFIED", Thing("a", 11));
        Assert.Equal("a@11 b@10", rig.Known);
        feed.Write("DELETED", Thing("b", 12));
        Assert.Equal("a@11", rig.Known);
        feed.Bookmark(20);
        rig.Advance(40);
        feed.End();

        var (call, pause) = rig.Pause(0.25);
        Assert.InRange(pause.TotalMilliseconds, 125, 260);
        Assert.Contains("resourceVersion=20&", call.Query, StringComparison.Ordinal);
        Assert.Equal("a@11", rig.Known);
        Assert.Empty(rig.Log.Warnings);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Version_that_is_gone_is_listed_anew_and_what_was_deleted_meanwhile_is_gone(bool isInBand)
    {
        await using var rig = new ClusterRig(Things);
        var feed = await rig.FollowAsync(9, Thing("a", 3), Thing("b", 4));
        if (isInBand)
        {
            feed.Write("MODIFIED", Thing("a", 10));
            feed.Error(410, "too old resource version");
        }
        else
        {
            feed.Cut();
            rig.Pause(0.25).Call.Refuse(HttpStatusCode.Gone, "too old resource version");
        }

        var (list, pause) = rig.Pause(2);
        Assert.False(list.IsWatch);
        Assert.InRange(pause.TotalSeconds, 0.5, 2);
        Assert.Contains("b@4", rig.Known, StringComparison.Ordinal);
        list.Answer(List(30, Thing("a", 25)));

        Assert.Equal("a@25", rig.Known);
        Assert.Contains("resourceVersion=30&", (await rig.WatchAsync()).Query, StringComparison.Ordinal);
        Assert.Empty(rig.Log.Warnings);
    }

    [Fact]
    public async Task Kind_that_is_not_served_counts_as_synced_and_is_found_when_its_definition_is_added()
    {
        await using var rig = new ClusterRig(Choice);
        rig.Start();
        (await rig.NextAsync()).Answer("404 page not found", HttpStatusCode.NotFound);
        (await rig.NextAsync()).Answer(Group("others"));

        Assert.True(rig.Source.HasSynced);
        Assert.Null(rig.Source.Served("example.io", "Thing"));
        Assert.Contains("things.example.io are not served", Assert.Single(rig.Log.Warnings), StringComparison.Ordinal);

        var (again, pause) = rig.Pause(10);
        Assert.InRange(pause.TotalSeconds, 5, 10.1);
        again.Answer(Group("things"));
        (await rig.NextAsync()).Answer(List(9, Thing("a", 3, "example.io/v1alpha4")));

        Assert.Equal("a@3", rig.Known);
        Assert.Equal("v1alpha4", rig.Source.Served("example.io", "Thing")?.Version);
        Assert.Contains(rig.Log.All, text => text == "Following things goes on");
    }

    [Fact]
    public async Task Kind_that_stays_away_and_a_list_that_says_the_same_change_nothing_for_readers()
    {
        await using var rig = new ClusterRig(Things, new WatchedKind("example.io", "Other", "others", ["v2", "v1"]));
        rig.Start();
        WatchFeed? feed = null;
        for (var i = 0; i < 4; i++)
        {
            var call = await rig.NextAsync();
            if (call.IsWatch)
            {
                feed = call.Open();
            }
            else if (call.Path.EndsWith("/things", StringComparison.Ordinal))
            {
                call.Answer(List(9, Thing("a", 3)));
            }
            else
            {
                call.Refuse(HttpStatusCode.NotFound, "none");
            }
        }

        Assert.True(rig.Source.HasSynced);
        var (current, changes) = (rig.Source.Current, rig.Source.Changed.Version);
        feed!.Error(410, "too old");
        var lists = 0;
        for (var i = 0; i < 12; i++)
        {
            var call = rig.Pause(15).Call;
            if (call.IsWatch)
            {
                call.Open();
            }
            else if (call.Path.EndsWith("/things", StringComparison.Ordinal))
            {
                lists++;
                call.Answer(List(12, Thing("a", 3)));
            }
            else
            {
                call.Refuse(HttpStatusCode.NotFound, "none");
            }
        }

        Assert.Equal(1, lists);
        Assert.Same(current, rig.Source.Current);
        Assert.Equal(changes, rig.Source.Changed.Version);
        Assert.Single(rig.Log.Warnings);
    }

    [Fact]
    public async Task Version_that_is_no_longer_served_is_replaced_by_another_and_no_object_is_missing_meanwhile()
    {
        await using var rig = new ClusterRig(Choice);
        rig.Start();
        (await rig.NextAsync()).Refuse(HttpStatusCode.NotFound, "none");
        (await rig.NextAsync()).Answer(Group("things"));
        (await rig.NextAsync()).Answer(List(9, Thing("a", 3, "example.io/v1alpha2")));
        var changes = rig.Source.Changed.Version;
        var feed = (await rig.WatchAsync()).Open();
        feed.Cut();

        rig.Pause(1).Call.Answer("{}");
        var second = await rig.NextAsync();
        Assert.Equal("/apis/example.io/v1alpha2", second.Path);
        second.Answer(Group("things"));
        (await rig.WatchAsync()).Refuse(HttpStatusCode.NotFound, "the server could not find the requested resource");
        var (discovery, _) = rig.Pause(1);
        Assert.Equal("/apis/example.io/v1alpha4", discovery.Path);
        Assert.Equal(changes, rig.Source.Changed.Version);
        discovery.Answer(Group("things"));
        var list = await rig.NextAsync();
        Assert.Equal("/apis/example.io/v1alpha4/things", list.Path);
        list.Answer(List(12, Thing("a", 3, "example.io/v1alpha4")));

        // The same object at the same version looks otherwise in the other version of the API.
        Assert.Equal("example.io/v1alpha4", Assert.Single(rig.Source.Current.Objects.Values).ApiVersion);
        Assert.Equal(changes + 1, rig.Source.Changed.Version);
        Assert.Equal("v1alpha4", rig.Source.Served("example.io", "Thing")?.Version);
    }

    [Fact]
    public async Task Answer_of_a_write_counts_before_the_watch_tells_of_it_and_a_late_one_does_not_bring_back_what_is_gone()
    {
        await using var rig = new ClusterRig(Things);
        var feed = await rig.FollowAsync(9, Thing("a", 3));
        var before = rig.Source.Current;

        rig.Source.Put(Object("a", 12));
        Assert.Equal("a@12", rig.Known);
        feed.Write("MODIFIED", Thing("a", 11));
        Assert.Equal("a@12", rig.Known);
        feed.Write("MODIFIED", Thing("a", 12));
        Assert.Equal(before.Revision + 1, rig.Source.Current.Revision);
        Assert.Equal([Object("a", 12).Key], rig.Source.Current.ChangedSince(before)!);
        feed.Write("DELETED", Thing("a", 13));
        rig.Source.Put(Object("a", 12));

        Assert.Equal(string.Empty, rig.Known);
        rig.Source.Put(Object("a", 15));
        Assert.Equal("a@15", rig.Known);
    }

    [Fact]
    public async Task Late_answer_of_a_write_to_an_object_that_a_list_did_not_have_does_not_bring_it_back()
    {
        await using var rig = new ClusterRig(Things);
        var feed = await rig.FollowAsync(9);
        feed.Error(410, "too old");
        rig.Pause(2).Call.Answer(List(30));

        rig.Source.Put(Object("a", 20));
        Assert.Equal(string.Empty, rig.Known);
        rig.Source.Put(Object("a", 31));
        Assert.Equal("a@31", rig.Known);
    }

    [Fact]
    public async Task Refresh_knows_afterwards_what_others_wrote_and_deleted_and_leaves_out_what_the_watch_does()
    {
        await using var rig = new ClusterRig(Things with { LabelSelector = "app=x" });
        var feed = await rig.FollowAsync(9, Thing("a", 3), Thing("b", 4));

        var refresh = rig.Source.RefreshAsync("example.io", "Thing", TestContext.Current.CancellationToken);
        var list = await rig.NextAsync();
        Assert.Contains("labelSelector=app=x", list.Query, StringComparison.Ordinal);
        list.Answer(List(20, Thing("a", 15), Thing("c", 16)));
        await refresh;
        Assert.Equal("a@15 c@16", rig.Known);

        // The watch was behind; what it tells is older than the list.
        foreach (var (type, item) in new[] { ("MODIFIED", Thing("b", 11)), ("DELETED", Thing("b", 12)), ("ADDED", Thing("c", 16)) })
        {
            feed.Write(type, item);
            Assert.Equal("a@15 c@16", rig.Known);
        }

        feed.Write("DELETED", Thing("c", 21));
        Assert.Equal("a@15", rig.Known);
    }

    [Fact]
    public async Task List_beside_the_watch_that_is_older_than_the_watch_by_now_undoes_nothing()
    {
        await using var rig = new ClusterRig(Things);
        var feed = await rig.FollowAsync(9, Thing("a", 3), Thing("b", 4));
        var refresh = rig.Source.RefreshAsync("example.io", "Thing", TestContext.Current.CancellationToken);
        var list = await rig.NextAsync();
        feed.Write("DELETED", Thing("b", 12));
        feed.Write("MODIFIED", Thing("a", 13));

        list.Answer(List(11, Thing("a", 3), Thing("b", 4)));
        await refresh;

        Assert.Equal("a@13", rig.Known);
    }
}

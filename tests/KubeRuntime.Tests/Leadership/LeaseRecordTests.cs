using System.Text.Json.Nodes;
using XdsCanary.KubeRuntime.Leadership;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.KubeRuntime.Tests.Leadership;

public sealed class LeaseRecordTests
{
    private static readonly TimeSpan Fallback = TimeSpan.FromSeconds(15);
    private static readonly LeaseOptions Options = new()
    {
        Name = new NamespacedName("default", "lead"),
        Identity = "one",
        Duration = TimeSpan.FromSeconds(9.5),
    };

    [Theory]
    // holder, version, read at, then asked at: free for "one"?
    [InlineData("", 0, true)]
    [InlineData("one", 0, true)]
    [InlineData("other", 0, false)]
    [InlineData("other", 14.9, false)]
    [InlineData("other", 15, true)]
    public void Lease_is_free_without_holder_for_its_holder_and_when_it_ran_out(string holder, double after, bool isFree)
    {
        var view = new LeaseView().Read(holder, "7", Fallback, 0, TimeSpan.FromSeconds(100));

        Assert.Equal(isFree, view.IsFree("one", TimeSpan.FromSeconds(100 + after)));
    }

    [Theory]
    [InlineData("7", 100)]
    [InlineData("8", 110)]
    public void Time_counts_from_when_a_version_was_first_seen(string version, int seenAt)
    {
        var view = new LeaseView().Read("other", "7", Fallback, 0, TimeSpan.FromSeconds(100))
            .Read("other", version, Fallback, 0, TimeSpan.FromSeconds(110));

        Assert.Equal(TimeSpan.FromSeconds(seenAt), view.SeenAt);
    }

    [Fact]
    public void Missing_record_is_free_unless_a_holder_was_seen_who_may_not_know_yet()
    {
        Assert.True(new LeaseView().Missing(TimeSpan.FromSeconds(5)).IsFree("one", TimeSpan.FromSeconds(5)));
        var view = new LeaseView().Read("other", "7", Fallback, 3, TimeSpan.FromSeconds(100))
            .Missing(TimeSpan.FromSeconds(110)).Missing(TimeSpan.FromSeconds(112));

        Assert.False(view.IsFree("one", TimeSpan.FromSeconds(124.9)));
        Assert.True(view.IsFree("one", TimeSpan.FromSeconds(125)));
        Assert.True(new LeaseView().Read("", "7", Fallback, 3, default).Missing(default).IsFree("one", default));
    }

    [Theory]
    [InlineData("{}", "", "", 15, 0)]
    [InlineData("""{"metadata":{"resourceVersion":"7"},"spec":{}}""", "", "7", 15, 0)]
    [InlineData("""{"metadata":{"resourceVersion":"7"},"spec":{"holderIdentity":"x","leaseDurationSeconds":20,"leaseTransitions":3}}""", "x", "7", 20, 3)]
    [InlineData("""{"metadata":{"resourceVersion":"7"},"spec":{"holderIdentity":null,"leaseDurationSeconds":0}}""", "", "7", 15, 0)]
    public void Record_is_read(string json, string holder, string version, int seconds, int transitions)
    {
        var view = LeaseRecord.Read(new LeaseView(), JsonNode.Parse(json)!.AsObject(), Fallback, TimeSpan.FromSeconds(3));

        Assert.Equal(
            new LeaseView
            {
                Holder = holder,
                Version = version,
                Duration = TimeSpan.FromSeconds(seconds),
                Transitions = transitions,
                SeenAt = version.Length > 0 ? TimeSpan.FromSeconds(3) : TimeSpan.Zero,
            },
            view);
    }

    [Fact]
    public void What_others_keep_in_a_record_survives()
    {
        var lease = JsonNode.Parse(
            """
            {"metadata":{"name":"lead","resourceVersion":"7","labels":{"a":"b"}},
             "spec":{"holderIdentity":"other","acquireTime":"then","leaseTransitions":3,"strategy":"OldestEmulationVersion"}}
            """)!.AsObject();
        var view = LeaseRecord.Read(new LeaseView(), lease, Fallback, default);
        var taken = LeaseRecord.Take(lease, view, Options, DateTimeOffset.UnixEpoch);

        Assert.Equal(
            """
            {"metadata":{"name":"lead","resourceVersion":"7","labels":{"a":"b"}},"spec":{"holderIdentity":"one","acquireTime":"1970-01-01T00:00:00.000000Z","leaseTransitions":4,"strategy":"OldestEmulationVersion","leaseDurationSeconds":10,"renewTime":"1970-01-01T00:00:00.000000Z"}}
            """,
            taken.ToJsonString());
        var renewed = LeaseRecord.Take(
            taken, LeaseRecord.Read(view, taken, Fallback, default), Options, DateTimeOffset.UnixEpoch.AddSeconds(2));
        Assert.Equal("1970-01-01T00:00:00.000000Z", (string?)renewed["spec"]!["acquireTime"]);
        Assert.Equal(4, (int?)renewed["spec"]!["leaseTransitions"]);

        var given = LeaseRecord.GiveUp(renewed, Options);
        Assert.Equal(string.Empty, (string?)given["spec"]!["holderIdentity"]);
        Assert.Equal(1, (int?)given["spec"]!["leaseDurationSeconds"]);
        Assert.Equal("7", (string?)given["metadata"]!["resourceVersion"]);
    }

    [Theory]
    [InlineData("other", 5)]
    [InlineData("one", 4)]
    public void Lease_that_was_deleted_changes_hands_when_another_makes_it_anew(string holder, int transitions)
    {
        var view = new LeaseView().Read(holder, "7", TimeSpan.FromSeconds(15), 4, TimeSpan.Zero).Missing(TimeSpan.FromSeconds(20));

        var made = LeaseRecord.Take(null, view, Options, DateTimeOffset.UnixEpoch);

        Assert.Equal(transitions, (int?)made["spec"]!["leaseTransitions"]);
    }

    [Fact]
    public void New_record_names_the_lease()
    {
        var made = LeaseRecord.Take(null, new LeaseView(), Options, DateTimeOffset.UnixEpoch);

        Assert.Equal(
            """{"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"lead","namespace":"default"},"spec":{"holderIdentity":"one","leaseDurationSeconds":10,"renewTime":"1970-01-01T00:00:00.000000Z","acquireTime":"1970-01-01T00:00:00.000000Z","leaseTransitions":0}}""",
            made.ToJsonString());
    }
}

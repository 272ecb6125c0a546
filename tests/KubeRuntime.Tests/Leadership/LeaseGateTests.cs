using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using XdsCanary.KubeRuntime.Leadership;

namespace XdsCanary.KubeRuntime.Tests.Leadership;

/// <summary>One replica and its lease, on fake time.</summary>
public sealed class LeaseGateTests
{
    private readonly LeaseServer _server = new();

    [Fact]
    public void Free_lease_is_taken_at_once_and_renewed_every_two_seconds()
    {
        var replica = new Replica(_server, "one").Start();

        Assert.Equal(LeadershipState.Leading, replica.State);
        Assert.True(replica.Gate.MayWrite);
        Assert.Equal("one", replica.Gate.Leader);
        Assert.Equal("one", _server.Holder);
        var first = _server.Lease!.DeepClone();
        replica.Advance(2);

        Assert.Equal("one", _server.Holder);
        var spec = _server.Lease["spec"]!;
        Assert.NotEqual((string?)first["spec"]!["renewTime"], (string?)spec["renewTime"]);
        Assert.Equal((string?)first["spec"]!["acquireTime"], (string?)spec["acquireTime"]);
        Assert.Equal(15, (int?)spec["leaseDurationSeconds"]);
        Assert.Equal(0, (int?)spec["leaseTransitions"]);
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$", (string?)spec["renewTime"]);
    }

    [Theory]
    [InlineData(15)]
    [InlineData(null)]
    [InlineData(0)]
    public void Lease_of_another_is_taken_once_it_stayed_the_same_for_its_duration_on_the_own_clock(int? seconds)
    {
        _server.Hold("other", seconds);
        var replica = new Replica(_server, "one").Start();
        Assert.Equal(LeadershipState.Following, replica.State);
        Assert.Equal("other", replica.Gate.Leader);
        Assert.Equal(4, replica.Gate.Term);

        replica.Advance(13);
        _server.Hold("other", seconds);
        replica.Advance(15);
        Assert.Equal(LeadershipState.Following, replica.State);
        replica.Advance(3);

        Assert.Equal(LeadershipState.Leading, replica.State);
        Assert.Equal(5, (int?)_server.Lease!["spec"]!["leaseTransitions"]);
        Assert.Equal(5, replica.Gate.Term);
        Assert.Equal("b", (string?)_server.Lease["metadata"]!["labels"]!["a"]);
    }

    [Fact]
    public void Lease_that_ran_out_is_taken_at_that_instant()
    {
        _server.Hold("other", 15);
        var replica = new Replica(_server, "one").Start();

        replica.Advance(14.9);
        Assert.Equal(LeadershipState.Following, replica.State);
        replica.Advance(0.1);

        Assert.Equal(LeadershipState.Leading, replica.State);
    }

    [Fact]
    public void Writing_ends_before_the_lease_by_the_margin_counted_from_the_start_of_the_last_renewal()
    {
        var replica = new Replica(_server, "one");
        replica.Door.Delay = () => TimeSpan.FromSeconds(0.5);
        replica.Start();
        replica.Advance(2);
        Assert.True(replica.Gate.MayWrite);
        replica.Door.Meets = _ => "refused";

        replica.Advance(9.9);
        Assert.True(replica.Gate.MayWrite);
        replica.Advance(0.1);
        Assert.False(replica.Gate.MayWrite);
        replica.Advance(2);
        Assert.Equal(LeadershipState.Detached, replica.State);
        Assert.Equal("Lease default/lead: GET /apis/coordination.k8s.io/v1/namespaces/default/leases/lead: connection refused", replica.Log.Warnings.First());
        Assert.Equal(2, replica.Log.Warnings.Count());
    }

    [Theory]
    [InlineData(false, LeadershipState.Leading)]
    [InlineData(true, LeadershipState.Following)]
    public void Detached_replica_leads_again_unless_another_does(bool isTaken, LeadershipState then)
    {
        var replica = new Replica(_server, "one").Start();
        replica.Door.Meets = _ => "silence";
        replica.Advance(20);
        Assert.Equal(LeadershipState.Detached, replica.State);
        if (isTaken)
        {
            _server.Hold("other");
        }

        var seen = replica.Gate.Changed.Version;
        replica.Door.Meets = _ => null;
        replica.Advance(8);

        Assert.Equal(then, replica.State);
        Assert.Equal(!isTaken, replica.Gate.MayWrite);
        Assert.Equal(isTaken ? "other" : "one", replica.Gate.Leader);
        Assert.NotEqual(seen, replica.Gate.Changed.Version);
    }

    [Fact]
    public async Task Detached_replica_follows_before_it_leads_again_when_another_led_meanwhile_and_gave_the_lease_up()
    {
        var one = new Replica(_server, "one").Start();
        one.Door.Meets = _ => "silence";
        one.Advance(20);
        var two = new Replica(_server, "two").Start();
        two.Advance(16);
        Assert.Equal(LeadershipState.Leading, two.State);
        await two.StopAsync();
        Assert.Equal(string.Empty, _server.Holder);

        one.Door.Meets = _ => null;
        var states = new List<LeadershipState> { one.State };
        for (var i = 0; i < 100; i++)
        {
            one.Advance(0.1);
            states.Add(one.State);
        }

        Assert.Equal([LeadershipState.Detached, LeadershipState.Following, LeadershipState.Leading], states.Distinct());
        Assert.Equal("one", _server.Holder);
    }

    [Fact]
    public void One_attempt_that_is_not_answered_does_not_cost_the_lease()
    {
        var replica = new Replica(_server, "one").Start();
        var silent = 1;
        replica.Door.Meets = _ => silent-- > 0 ? "silence" : null;
        for (var i = 0; i < 200; i++)
        {
            replica.Advance(0.1);
            Assert.True(replica.Gate.MayWrite, $"after {i * 0.1:0.0} s");
        }

        Assert.Contains("no answer within 4 s", Assert.Single(replica.Log.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Replica_that_slept_does_not_write_until_it_has_renewed()
    {
        var time = new SleepyTime();
        var replica = new Replica(_server, "one", time).Start();
        Assert.True(replica.Gate.MayWrite);

        var before = time.GetTimestamp();
        time.Slept += TimeSpan.FromSeconds(13);
        Assert.Equal(before, time.GetTimestamp());
        Assert.False(replica.Gate.MayWrite);
        replica.Advance(2);
        Assert.True(replica.Gate.MayWrite);
    }

    [Fact]
    public async Task Replica_that_stops_gives_its_lease_up_even_when_its_last_renewal_was_cut_short()
    {
        var one = new Replica(_server, "one").Start();
        var two = new Replica(_server, "two").Start();
        one.Door.Meets = method => method == HttpMethod.Put ? "lost" : null;
        one.Advance(2);
        one.Door.Meets = _ => null;

        await one.StopAsync();

        Assert.Equal(string.Empty, _server.Holder);
        Assert.Equal(LeadershipState.Following, one.State);
        Assert.False(one.Gate.MayWrite);
        two.Advance(2);
        Assert.Equal(LeadershipState.Leading, two.State);
    }

    [Fact]
    public async Task Replica_that_stops_leaves_the_lease_of_another_and_does_not_wait_for_a_server_that_is_away()
    {
        _server.Hold("other");
        var replica = new Replica(_server, "one").Start();
        await replica.StopAsync();
        Assert.Equal("other", _server.Holder);

        _server.Lease = null;
        var leader = new Replica(_server, "one").Start();
        var asked = new TaskCompletionSource();
        leader.Door.Meets = _ =>
        {
            asked.TrySetResult();
            return "silence";
        };
        var stopping = leader.StopAsync();
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
        leader.Advance(3);
        await stopping.WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.Equal(LeadershipState.Following, leader.State);
    }

    [Fact]
    public void Lease_that_somebody_deletes_is_left_to_its_holder_for_as_long_as_it_lasts()
    {
        var one = new Replica(_server, "one").Start();
        var two = new Replica(_server, "two").Start();
        one.Door.Meets = _ => "refused";
        _server.Lease = null;
        for (var i = 0; i < 200; i++)
        {
            one.Advance(0.1);
            two.Advance(0.1);
            Assert.False(one.Gate.MayWrite && two.Gate.MayWrite, $"after {i * 0.1:0.0} s");
        }

        Assert.Equal(LeadershipState.Leading, two.State);
    }

    [Fact]
    public void Record_that_cannot_be_used_ends_nothing()
    {
        _server.Lease = JsonNode.Parse("""{"metadata":{"resourceVersion":"1"},"spec":{"holderIdentity":7}}""")!.AsObject();
        var replica = new Replica(_server, "one").Start();
        replica.Advance(10);
        Assert.False(replica.Running.IsCompleted);
        Assert.Single(replica.Log.Warnings);

        _server.Lease = null;
        replica.Advance(2);
        Assert.Equal(LeadershipState.Leading, replica.State);
    }

    [Fact]
    public void Each_trouble_is_said_once_and_again_when_it_comes_back()
    {
        _server.Hold("other", 3600);
        var replica = new Replica(_server, "one").Start();
        foreach (var trouble in new[] { "refused", "forbidden", null, "refused" })
        {
            replica.Door.Meets = _ => trouble;
            replica.Advance(6);
        }

        Assert.Equal(3, replica.Log.Warnings.Count());
        Assert.Contains("403 leases is forbidden", replica.Log.Warnings.ElementAt(1), StringComparison.Ordinal);
    }

    // A machine that sleeps: the time of day goes on, the monotonic clock does not.
    private sealed class SleepyTime : FakeTimeProvider
    {
        public TimeSpan Slept { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Slept;

        public override long GetTimestamp() => base.GetUtcNow().Ticks;
    }
}

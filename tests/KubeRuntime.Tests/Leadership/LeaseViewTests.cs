using XdsCanary.KubeRuntime.Leadership;

namespace XdsCanary.KubeRuntime.Tests.Leadership;

/// <summary>When a replica looks at the lease again, and whether another held it meanwhile.</summary>
public sealed class LeaseViewTests
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    private static readonly LeaseView Held =
        new LeaseView().Read("other", "1", TimeSpan.FromSeconds(15), transitions: 0, TimeSpan.FromSeconds(100));

    // A timer drops what is less than a millisecond: a follower would look again at once, and again, until the lease has run out.
    [Theory]
    [InlineData(114.9995, 1)]
    [InlineData(114.5, 500)]
    [InlineData(114.4993, 501)]
    [InlineData(110, 1000)]
    [InlineData(115, 1000)]
    public void A_follower_waits_for_whole_milliseconds_until_the_lease_has_run_out(double now, double milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Held.Wait("me", Period, TimeSpan.FromSeconds(now)));

    [Fact]
    public void A_leader_waits_for_a_period() => Assert.Equal(Period, Held.Wait("other", Period, TimeSpan.FromSeconds(114.9995)));

    [Theory]
    [InlineData("other", 0, false)]
    [InlineData("", 0, true)]
    [InlineData("me", 0, true)]
    [InlineData("other", 2, true)]
    public void Another_held_the_lease_when_its_holder_or_its_transitions_are_not_what_was_written(
        string holder, int transitions, bool expected)
    {
        var seen = Held.Read(holder, "2", Held.Duration, transitions, TimeSpan.FromSeconds(101));

        Assert.Equal(expected, seen.WasTakenSince(Held));
    }
}

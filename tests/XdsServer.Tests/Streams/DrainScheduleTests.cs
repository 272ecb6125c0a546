using XdsCanary.XdsServer.Streams;

namespace XdsCanary.XdsServer.Tests.Streams;

public sealed class DrainScheduleTests
{
    [Fact]
    public void A_X_43_The_ends_of_streams_are_spread_evenly_over_the_window()
    {
        var window = TimeSpan.FromSeconds(10);

        var delays = Enumerable.Range(1, 1000).Select(id => DrainSchedule.DelayOf(id, window)).ToArray();

        Assert.All(delays, delay => Assert.InRange(delay, TimeSpan.Zero, window));
        var busiest = delays.GroupBy(delay => (int)(delay.TotalMilliseconds / 100)).Max(group => group.Count());
        Assert.InRange(busiest, 1, 20);
    }
}

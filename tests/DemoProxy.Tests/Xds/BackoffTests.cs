using XdsCanary.DemoProxy.Xds;

namespace XdsCanary.DemoProxy.Tests.Xds;

public sealed class BackoffTests
{
    [Theory]
    [InlineData(1, 500)]
    [InlineData(2, 1000)]
    [InlineData(3, 2000)]
    [InlineData(6, 16000)]
    [InlineData(7, 30000)]
    [InlineData(int.MaxValue, 30000)]
    public void Delay_is_a_part_of_a_doubling_limit(int failures, int limit)
    {
        Assert.Equal(TimeSpan.Zero, Backoff.Delay(failures, 0));
        Assert.Equal(TimeSpan.FromMilliseconds(limit * 0.5), Backoff.Delay(failures, 0.5));
    }
}

using XdsCanary.XdsServer.Demo;

namespace XdsCanary.XdsServer.Tests.Demo;

public sealed class ShareCheckTests
{
    [Fact]
    public void Sigma_is_that_of_a_share_decided_by_chance() => Assert.Equal(0.0125, ShareCheck.Sigma(0.5, 1600), precision: 10);

    [Theory]
    [InlineData(800, 1600, 0.5, true)]
    [InlineData(880, 1600, 0.5, true)]
    [InlineData(881, 1600, 0.5, false)]
    [InlineData(719, 1600, 0.5, false)]
    [InlineData(2000, 2000, 1, true)]
    [InlineData(1999, 2000, 1, false)]
    [InlineData(0, 2000, 0, true)]
    [InlineData(1, 2000, 0, false)]
    [InlineData(0, 0, 0.5, false)]
    public void Fits_allows_four_sigma_and_no_exception_at_the_ends(int hits, int requests, double share, bool expected) =>
        Assert.Equal(expected, ShareCheck.Fits(hits, requests, share));
}

using XdsCanary.DemoProxy.Model;

namespace XdsCanary.DemoProxy.Tests.Model;

public sealed class WeightedChoiceTests
{
    [Theory]
    [InlineData(25, 75, 1)]
    [InlineData(1, 2, 2)]
    [InlineData(4294967294, 1, 3)]
    public void Shares_are_within_three_sigma(uint first, uint second, int seed)
    {
        const int Draws = 1_000_000;
        var choice = new WeightedChoice([new ClusterShare("a", first), new ClusterShare("b", second)]);
        var random = new Random(seed);

        var hits = Enumerable.Range(0, Draws).Count(_ => choice.At(random.NextInt64(choice.Total)).Cluster == "a");

        var share = (double)first / choice.Total;
        Assert.InRange(Math.Abs(hits - (Draws * share)), 0, 3 * Math.Sqrt(Draws * share * (1 - share)) + 1);
    }

    [Fact]
    public void At_gives_each_cluster_as_many_points_as_its_weight()
    {
        var choice = new WeightedChoice([new ClusterShare("a", 0), new ClusterShare("b", 2), new ClusterShare("c", 1)]);

        Assert.Equal(["b", "b", "c"], Enumerable.Range(0, 3).Select(point => choice.At(point).Cluster));
    }

    [Fact]
    public void Weights_that_add_up_to_nothing_are_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new WeightedChoice([new ClusterShare("a", 0)]));
}

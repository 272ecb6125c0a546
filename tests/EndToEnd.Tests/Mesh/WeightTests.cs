using XdsCanary.TestKit;
using XdsCanary.TestKit.Traffic;

namespace XdsCanary.EndToEnd.Tests.Mesh;

/// <summary>A real Envoy shares requests out as the TrafficSplit says.</summary>
[Collection(RealPrograms.Name)]
public sealed class WeightTests
{
    private const int Sample = 5_000;

    // One in 370 right samples lies outside three standard deviations; a wrong share does so the more surely the larger it is.
    private const int SecondSample = 20_000;
    private const double Deviations = 3;

    private static readonly (int First, int Second)[] Steps = [(100, 0), (75, 25), (50, 50), (1, 99), (0, 100)];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Observed_shares_are_the_wanted_ones(bool delta)
    {
        await using var mesh = await RealMesh.StartAsync(delta);

        foreach (var (first, second) in Steps)
        {
            await mesh.ShiftAsync(first, second);

            var share = second / (double)(first + second);
            if (!await IsSharedAsync(mesh, share, Sample))
            {
                Assert.True(
                    await IsSharedAsync(mesh, share, SecondSample), $"Weights {first}/{second} are not observed.");
            }
        }

        await mesh.AssertNothingRejectedAsync();
    }

    private static async Task<bool> IsSharedAsync(RealMesh mesh, double share, int requests)
    {
        var report = await TrafficClient.RunAsync(mesh.To(), requests);
        Figures.Record($"wanted {share:P0}: {report}");
        Assert.Equal(0, report.Failed);
        Assert.Equal(requests, report.From(RealMesh.First) + report.From(RealMesh.Second));

        var expected = requests * share;
        var deviation = Math.Sqrt(requests * share * (1 - share));
        return Math.Abs(report.From(RealMesh.Second) - expected) <= Deviations * deviation;
    }
}

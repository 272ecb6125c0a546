using Microsoft.Extensions.Time.Testing;
using XdsCanary.TestKit;

namespace XdsCanary.CanaryEngine.Tests.Reconcile;

/// <summary>The process dies between any two effects or saves of a run, and another takes over from the state directory.</summary>
public sealed class CrashTests
{
    private const int Undisturbed = 0;

    [Theory]
    [InlineData("interval: 1m, threshold: 2, stepWeights: [10, 20, 50]", "10 20 50 0")]
    [InlineData("interval: 1m, threshold: 2, stepWeight: 30, maxWeight: 60, stepWeightPromotion: 30", "30 60 30 0")]
    [InlineData("interval: 1m, threshold: 2, stepWeights: [5, 50], mirror: true", "5 50 0")]
    [InlineData("interval: 1m, threshold: 2, iterations: 2", "100 0")]
    public async Task H_24_H_01_a_run_ends_as_the_undisturbed_one_wherever_the_process_dies(string analysis, string weights)
    {
        var expected = await PlayAsync(analysis, Undisturbed);
        Assert.Equal(weights, expected.Weights);
        Assert.True(expected.Points > 20, $"There are {expected.Points} instants only.");

        for (var instant = 1; instant <= expected.Points; instant++)
        {
            var ended = await PlayAsync(analysis, instant);

            Assert.True(
                expected.Weights == ended.Weights && expected.End == ended.End,
                $"Dead at instant {instant} of {expected.Points}: {ended.Weights}, {ended.End}");
        }
    }

    private static async Task<(string Weights, string End, int Points)> PlayAsync(string analysis, int crashAt)
    {
        using var folder = new TemporaryFolder();
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
        var spec = EngineRig.Read(EngineSamples.Canary(analysis: analysis));
        var manifests = new MemorySource(EngineSamples.Set(EngineSamples.Service("1")));
        await new EngineRig(folder.FullPath, manifests, time).RunAsync(spec);
        manifests.Use(EngineSamples.Set(EngineSamples.Service("2")));

        var weights = new List<int>();
        var rig = new EngineRig(folder.FullPath, manifests, time, crashAt, weights);
        try
        {
            await rig.RunAsync(spec);
        }
        catch (CrashException)
        {
            rig = new EngineRig(folder.FullPath, manifests, time, Undisturbed, weights);
            await rig.RunAsync(spec);
        }

        var (status, state) = (rig.Status, rig.State);
        var history = string.Join(", ", status.History.Select(run => $"{run.Phase} {run.Reason} {run.Weight}"));
        var isPromoted = state.Primary!.Revision == EngineSamples.Snapshot(EngineSamples.Service("2")).Revision;
        return (
            string.Join(' ', weights),
            $"{status.Phase}, {history}, promoted: {isPromoted}, {state.Traffic}, failed {status.FailedChecks}",
            rig.Crashing.Points);
    }
}

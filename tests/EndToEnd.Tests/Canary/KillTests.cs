using XdsCanary.EndToEnd.Tests.Mesh;
using XdsCanary.TestKit;

namespace XdsCanary.EndToEnd.Tests.Canary;

/// <summary>The server is killed (SIGKILL) again and again while it leads runs, at any instant, also of its own start.</summary>
[Collection(RealPrograms.Name)]
public sealed class KillTests
{
    private static readonly TimeSpan LongestLifeOnceReady = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task H_24_Killed_at_any_instant_each_run_ends_as_an_undisturbed_one()
    {
        // Only those in the middle of a run count.
        var instants = Environment.GetEnvironmentVariable("XDSCANARY_LONG") == "1" ? 200 : 20;
        var seed = new Random().Next();
        var random = new Random(seed);
        Figures.Record($"seed {seed}");
        await using var runs = await KilledRuns.StartAsync();
        var good = await runs.RunAsync(isGood: true, kill: null);
        var bad = await runs.RunAsync(isGood: false, kill: null);
        Assert.Equal([0, 10, 20, 30, 0], good.Weights);
        Assert.Equal([0, 10, 0], bad.Weights);

        // On a machine so busy that a start takes as long as the longest life, nothing would ever get on.
        var longestLife = LongestLifeOnceReady + await runs.RestartAsync();
        var ended = 0;
        for (var isGood = true; runs.Kills < instants; isGood = !isGood, ended++)
        {
            var run = await runs.RunAsync(isGood, () => TimeSpan.FromSeconds(random.NextDouble() * longestLife.TotalSeconds));
            var expected = isGood ? good : bad;
            Assert.Equal(expected.Phase, run.Phase);
            Assert.Equal(expected.Weights, run.Weights);
            Assert.Equal(expected.Events, run.Events);
        }

        Figures.Record(
            $"{runs.Kills} kills in the middle of {ended} runs, in the phases "
            + string.Join(", ", runs.KilledIn.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key} {pair.Value}"))
            + $"; {runs.KillsBetweenRuns} more between runs");
        Assert.True(runs.Kills >= instants, $"{runs.Kills} kills in the middle of a run, {instants} are wanted.");
        await runs.AssertNoRequestFailedAsync();
    }
}

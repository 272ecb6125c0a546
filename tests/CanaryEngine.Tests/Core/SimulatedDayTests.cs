using System.Diagnostics;
using XdsCanary.TestKit;

namespace XdsCanary.CanaryEngine.Tests.Core;

/// <summary>
/// Ten thousand canaries through a day on a clock that jumps: new revisions, failures, gates, outages, verbs. Two hours of it
/// are run always, the whole day with XDSCANARY_LONG=1.
/// </summary>
public sealed class SimulatedDayTests
{
    private const int Seed = 20260101;
    private const int Fleet = 10_000;

    private static bool IsLong => Environment.GetEnvironmentVariable("XDSCANARY_LONG") == "1";

    [Fact]
    public void Ten_thousand_canaries_decide_the_same_every_time()
    {
        var span = TimeSpan.FromHours(IsLong ? 24 : 2);

        var first = Play(span);
        var second = Play(span);

        Assert.Equal(first, second);
    }

    [Fact]
    public void Another_seed_decides_otherwise()
    {
        using var one = new SimulatedFleet(1, 20);
        using var other = new SimulatedFleet(2, 20);

        Assert.NotEqual(one.Run(TimeSpan.FromHours(2)), other.Run(TimeSpan.FromHours(2)));
    }

    private static string Play(TimeSpan span)
    {
        var watch = Stopwatch.StartNew();
        using var fleet = new SimulatedFleet(Seed, Fleet);
        var hash = fleet.Run(span);
        Figures.Record(
            $"seed {Seed}: {Fleet} canaries, {span.TotalHours} h in {watch.Elapsed.TotalSeconds:F1} s, {fleet.Happenings} happenings, "
            + $"{fleet.Decisions} decisions, {fleet.Succeeded} runs succeeded, {fleet.Failed} failed, hash {hash}");

        // Both ends are reached often enough for the hash to tell something.
        Assert.InRange(fleet.Succeeded, Fleet / 100, int.MaxValue);
        Assert.InRange(fleet.Failed, Fleet / 100, int.MaxValue);
        Assert.Empty(fleet.Forgotten);
        return hash;
    }
}

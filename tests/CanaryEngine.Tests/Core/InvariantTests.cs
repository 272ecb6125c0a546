using System.Reflection;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using XdsCanary.CanaryEngine.Core;

namespace XdsCanary.CanaryEngine.Tests.Core;

/// <summary>
/// What holds whatever happens. A failure prints the seed that <see cref="RandomWorld"/> repeats it with. A seed is any int: FsCheck
/// keeps a bare int between -100 and 100, which would be 101 runs, however often they are made.
/// </summary>
public sealed class InvariantTests
{
    private const int Runs = 850;
    private const int Happenings = 25;

    private static List<Step> Play(int seed) => new RandomWorld(seed).Play(Happenings).World.Steps;

    [Fact]
    public void Ten_thousand_runs_are_as_many_different_ones()
    {
        var properties = typeof(InvariantTests).Assembly.GetTypes().SelectMany(type => type.GetMethods())
            .Where(method => method.GetCustomAttribute<PropertyAttribute>() is not null).ToList();
        Assert.All(properties, method => Assert.DoesNotContain(
            method.GetParameters(), parameter => parameter.Name == "seed" && parameter.ParameterType == typeof(int)));

        var runs = properties.Count(method => method.DeclaringType == typeof(InvariantTests)) * Runs;
        var seeds = ArbMap.Default.GeneratorFor<DoNotSize<int>>().Sample(runs).Select(seed => Math.Abs((long)seed.Item));
        // Of so many out of 2^31 one in fifty samples has a pair that is equal.
        Assert.InRange(seeds.Distinct().Count(), 10_000, runs);
    }

    private static bool IsEndOfAnalysis(Step step) => step.Before.Phase.IsAnalysing() && step.After.Phase == CanaryPhase.Failed;

    [Property(MaxTest = Runs)]
    public void INV_01_Weights_sum_to_100_and_stay_below_the_maximum_until_the_promotion(DoNotSize<int> seed)
    {
        foreach (var step in Play(seed.Item))
        {
            Assert.All(step.Decision.Effects.OfType<SetTraffic>(), set =>
            {
                Assert.Equal(100, set.Plan.Primary + set.Plan.Canary);
                Assert.InRange(set.Plan.Canary, 0, 100);
                Assert.InRange(set.Plan.MirrorPercent, 0, 100);
            });
            if (step is { Traffic: { } plan, After: { Run.Plan: { Strategy: CanaryStrategy.Canary } run } }
                && step.After.Phase.IsAnalysing())
            {
                Assert.InRange(plan.Canary, 0, run.Steps[^1]);
            }
        }
    }

    [Property(MaxTest = Runs)]
    public void INV_02_The_weight_of_one_revision_never_falls_while_it_is_analysed(DoNotSize<int> seed)
    {
        foreach (var step in Play(seed.Item))
        {
            if (step.Before is { Run: { } before } && step.After is { Run: { } after }
                && step.Before.Phase.IsAnalysing() && step.After.Phase.IsAnalysing() && before.StartedAt == after.StartedAt
                && before.Revision == after.Revision)
            {
                Assert.True(after.Weight >= before.Weight, $"{before.Weight} -> {after.Weight}");
            }
        }
    }

    [Property(MaxTest = Runs)]
    public void INV_03_The_check_that_reaches_the_threshold_takes_the_weight_away_first(DoNotSize<int> seed)
    {
        foreach (var step in Play(seed.Item))
        {
            if (step.After.Phase.IsAnalysing() && !step.After.Paused && !step.Spec.Suspend)
            {
                Assert.True(step.After.FailedChecks < step.Spec.Analysis.Threshold);
            }

            if (IsEndOfAnalysis(step))
            {
                var first = step.Decision.Effects.Count > 0 ? step.Decision.Effects[0] : null;
                Assert.True(first is SetTraffic { Plan.Canary: 0, Plan.MirrorPercent: 0 }
                    || (first is null && step.Facts.Traffic is { Canary: 0, MirrorPercent: 0 }));
            }
        }
    }

    [Property(MaxTest = Runs)]
    public void INV_04_Only_what_passed_at_the_end_of_its_plan_is_promoted(DoNotSize<int> seed)
    {
        foreach (var step in Play(seed.Item).Where(step => step.Decision.Effects.Any(effect => effect is CopyToPrimary)))
        {
            var run = step.Before.Run!;
            if (step.Before.Phase is CanaryPhase.Promoting or CanaryPhase.Finalising)
            {
                Assert.False(step.Facts.Primary.Exists);
                continue;
            }

            Assert.Contains(new CopyToPrimary(run.Revision), step.Decision.Effects);
            Assert.Equal(run.Revision, step.Facts.Target.Revision);
            if (step.After.Run!.Skipped)
            {
                Assert.True(step.Spec.SkipAnalysis || run.Skipped || step.Facts.Verb?.Verb == Verb.Promote);
                continue;
            }

            Assert.All(step.Spec.Analysis.Metrics, check => Assert.Equal(100, step.Facts.Metrics[check.Name].Value));
            Assert.True(run.Plan.Strategy == CanaryStrategy.Canary
                ? run.Weight >= run.Plan.Steps[^1]
                : step.Before.Iterations >= run.Plan.Iterations);
            Assert.All(step.Spec.Analysis.HooksOf(WebhookType.ConfirmPromotion), hook => Assert.True(
                step.After.Approvals.Contains(new Approval(hook.Name, run.Revision)) || step.Facts.Hooks[hook.Name].Passed));
        }
    }

    [Property(MaxTest = Runs)]
    public void INV_05_An_unready_canary_gets_no_more_traffic_and_none_is_stopped_that_has_some(DoNotSize<int> seed)
    {
        foreach (var step in Play(seed.Item))
        {
            var traffic = step.Facts.Traffic;
            foreach (var effect in step.Decision.Effects)
            {
                if (effect is SetTraffic set)
                {
                    var isMore = set.Plan.Canary > (traffic?.Canary ?? 0);
                    Assert.False(isMore && step.Facts.Canary.Readiness != Readiness.Ready, $"{step.Before.Phase} {set.Plan}");
                    traffic = set.Plan;
                }

                Assert.False(effect is StopCanary && traffic is { Canary: > 0 }, $"{step.Before.Phase} {traffic}");
            }
        }
    }

    [Property(MaxTest = Runs)]
    public void INV_06_An_unready_primary_gets_no_more_traffic_while_it_is_promoted(DoNotSize<int> seed)
    {
        foreach (var step in Play(seed.Item).Where(step => step.Before.Phase is CanaryPhase.Promoting or CanaryPhase.Finalising
            || step.Before.KeepsCanary))
        {
            if (step.Facts.Primary.Readiness != Readiness.Ready && step.Facts.Traffic is { } now)
            {
                Assert.All(
                    step.Decision.Effects.OfType<SetTraffic>(), set => Assert.InRange(set.Plan.Primary, 0, now.Primary));
            }
        }
    }

    [Property(MaxTest = Runs)]
    public void INV_07_A_newer_revision_starts_over_in_the_same_run(DoNotSize<int> seed)
    {
        foreach (var step in Play(seed.Item))
        {
            if (step.Before.Phase.IsAnalysing() && step.After.Phase.IsRunning()
                && step.Facts.Target.Revision is { } revision && revision != step.Before.Run!.Revision && !step.Spec.Suspend)
            {
                Assert.Equal(
                    (CanaryPhase.Progressing, revision, revision, 0, 0, 0),
                    (step.After.Phase, step.After.LastAppliedSpec, step.After.Run!.Revision, step.After.Run.Weight,
                        step.After.Iterations, step.After.FailedChecks));
                Assert.DoesNotContain(step.Decision.Effects, effect => effect is SetTraffic { Plan.Canary: > 0 });
            }
        }
    }

    [Property(MaxTest = Runs)]
    public void INV_08_Between_runs_nothing_happens_until_something_changes(DoNotSize<int> seed)
    {
        var world = new RandomWorld(seed.Item).Play(Happenings).World;
        if (world.Due is null && world.Status.Phase.IsIdle())
        {
            world.Now += TimeSpan.FromDays(1);
            var step = world.Decide();

            Assert.Empty(step.Decision.Effects);
            Assert.Empty(step.Decision.Notices);
            Assert.Equal(step.Before, step.After);
        }
    }

    [Property(MaxTest = Runs)]
    public void INV_09_Equal_inputs_give_equal_outcomes_and_a_second_look_finds_nothing_to_do(DoNotSize<int> seed)
    {
        var random = new RandomWorld(seed.Item);
        for (var i = 0; i < Happenings; i++)
        {
            var world = random.Play(1).World.Settle();
            var last = world.Last;
            var again = CanaryMachine.Decide(last.Spec, last.Before, last.Facts);
            Assert.Equal(last.Decision, again);
            Assert.Equal(last.Decision.GetHashCode(), again.GetHashCode());

            ComesToRest(world);
        }
    }

    // With all effects visible and no time passing, a few looks are enough, and none does what another has done; only what was
    // stopped and started again, once for each revision, may be stopped again.
    private static void ComesToRest(SimulatedWorld world)
    {
        var done = new HashSet<Effect>();
        for (var looks = 0; looks < 12; looks++)
        {
            var step = world.Decide();
            Assert.All(step.Decision.Effects, effect => Assert.True(done.Add(effect), $"{effect} is repeated"));
            if (step.Decision.Effects.Any(effect => effect is StartCanary))
            {
                done.Remove(new StopCanary());
            }

            if (step.Decision.Effects.Count == 0 && step.Decision.Notices.Count == 0 && step.Before == step.After)
            {
                return;
            }
        }

        Assert.Fail($"does not come to rest: {world.Status.Phase} {world.Status.Message}");
    }

    [Property(MaxTest = Runs)]
    public void INV_10_What_cannot_be_observed_is_never_promoted(DoNotSize<int> seed)
    {
        var world = new RandomWorld(seed.Item).Play(Happenings).Darken().World;
        if (world.Spec.SkipAnalysis || world.Status.Run?.Skipped == true)
        {
            return;
        }

        world.Primary.Exists = true;
        var before = world.Steps.Count;
        world.Run(TimeSpan.FromHours(1));

        Assert.DoesNotContain(world.Steps.Skip(before), step => step.Before.Phase.IsAnalysing()
            && step.Decision.Effects.Any(effect => effect is CopyToPrimary));
    }

    [Property(MaxTest = Runs)]
    public void INV_11_What_is_under_way_always_knows_when_to_look_again(DoNotSize<int> seed)
    {
        foreach (var step in Play(seed.Item).Where(step => !step.After.Paused))
        {
            var isOpen = step.After.Phase.IsRunning() || step.After.Phase == CanaryPhase.Waiting
                || step.After.Phase.IsInitialising() || step.After.KeepsCanary || step.After.DrainingSince is not null;
            Assert.False(isOpen && step.Decision.Due is null, $"{step.Before.Phase} -> {step.After.Phase} {step.After.Message}");
        }
    }

    [Property(MaxTest = Runs)]
    public void INV_12_When_all_is_well_every_run_comes_to_its_end(DoNotSize<int> seed)
    {
        var random = new RandomWorld(seed.Item).Play(Happenings).Heal();

        random.World.Run(TimeSpan.FromHours(4));

        Assert.True(random.World.Status.Phase.IsIdle(), $"{random.World.Status.Phase}: {random.World.Status.Message}");
        Assert.Null(random.World.Due);
    }
}

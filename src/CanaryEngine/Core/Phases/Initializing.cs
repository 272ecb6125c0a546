namespace XdsCanary.CanaryEngine.Core.Phases;

/// <summary>
/// Makes the primary of the target as it is, waits until it is ready, and only then directs the traffic to it; skipping the
/// analysis does not skip the wait (H-10), and a first version that does not work changes nothing (H-11).
/// </summary>
internal static class Initializing
{
    /// <summary>Decides.</summary>
    public static Outcome Decide(Round round)
    {
        var facts = round.Facts;
        round.Status = round.Status with { Phase = CanaryPhase.Initializing };
        if (facts.Target.Revision is not { } revision)
        {
            return Readinesses.HoldForTarget(round);
        }

        if (!facts.Primary.Exists)
        {
            round.Do(new EnsurePrimary());
            return round.Hold(Reasons.PrimaryNotReady, "The primary is being made", round.Now + Round.Soon);
        }

        var isReady = facts.Primary.Readiness == Readiness.Ready;
        if (!isReady && !round.IsTick)
        {
            return round.Done(round.Status.NextCheck);
        }

        if (!round.Spec.SkipAnalysis)
        {
            if (facts.Providers is not { } providers)
            {
                return new Ask([new AskProviders()]);
            }

            Tell(round, providers);
        }

        return isReady ? Initialised(round, revision) : Readinesses.HoldForPrimary(round);
    }

    private static void Tell(Round round, ProvidersAnswer providers)
    {
        if (providers.Error.Length == 0)
        {
            round.Event("all the metrics providers are available!");
        }
        else
        {
            round.Warn($"Error checking metric providers: {providers.Error}");
        }
    }

    private static Decision Initialised(Round round, string revision)
    {
        // The primary may be older than this status, if that was lost: then the target's revision is still to be analysed.
        var promoted = round.Facts.Primary.Revision is { Length: > 0 } served ? served : revision;
        round.Direct(TrafficPlan.AllToPrimary);
        round.Status = round.Status with
        {
            Phase = CanaryPhase.Initialized,
            CanaryWeight = 0,
            FailedChecks = 0,
            Iterations = 0,
            LastAppliedSpec = promoted,
            LastPromotedSpec = promoted,
            DrainingSince = round.Now,
            NotReadySince = null,
            NextCheck = null,
        };
        round.Event($"Initialization done! {Texts.Name(round.Spec)}");
        round.Alert(
            AlertSeverity.Info, $"New {round.Spec.Target.Kind} detected, initialization completed.", withFields: true);
        return round.Hold(string.Empty, string.Empty, round.Now + Round.Soon);
    }
}

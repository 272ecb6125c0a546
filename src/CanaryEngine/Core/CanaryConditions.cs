namespace XdsCanary.CanaryEngine.Core;

/// <summary>A condition of a canary as <c>status.conditions</c> shows it.</summary>
/// <param name="Type">Which.</param>
/// <param name="Status"><c>True</c>, <c>False</c> or <c>Unknown</c>.</param>
/// <param name="Reason">The phase.</param>
/// <param name="Message">The same in a sentence.</param>
public sealed record CanaryCondition(string Type, string Status, string Reason, string Message);

/// <summary>The condition that scripts wait for (`spec/flagger.md` 1.6); its words are kept letter for letter. Pure.</summary>
public static class CanaryConditions
{
    /// <summary>Whether the last revision was promoted.</summary>
    /// <param name="phase">The phase.</param>
    /// <param name="target">What is released.</param>
    /// <returns>The condition; null while no status was written.</returns>
    public static CanaryCondition? Promoted(CanaryPhase phase, TargetKind target)
    {
        if (phase == CanaryPhase.None)
        {
            return null;
        }

        var (status, message) = phase switch
        {
            CanaryPhase.Initialized => ("True", $"{target} initialization completed."),
            CanaryPhase.Waiting or CanaryPhase.WaitingPromotion => ("Unknown", "Waiting for approval."),
            CanaryPhase.Progressing => ("Unknown", "New revision detected, progressing canary analysis."),
            CanaryPhase.Promoting => ("Unknown", "Canary analysis completed, starting primary rolling update."),
            CanaryPhase.Finalising => ("Unknown", "Canary analysis completed, routing all traffic to primary."),
            CanaryPhase.Succeeded => ("True", "Canary analysis completed successfully, promotion finished."),
            CanaryPhase.Failed => ("False", $"Canary analysis failed, {target} scaled to zero."),
            _ => ("Unknown", $"New {target} detected, starting initialization."),
        };
        return new CanaryCondition("Promoted", status, phase.ToString(), message);
    }
}

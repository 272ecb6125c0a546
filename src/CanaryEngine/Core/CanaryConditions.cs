using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Core;

/// <summary>A condition of a canary as <c>status.conditions</c> shows it.</summary>
/// <param name="Type">Which.</param>
/// <param name="Status"><c>True</c>, <c>False</c> or <c>Unknown</c>.</param>
/// <param name="Reason">The phase, or why not.</param>
/// <param name="Message">The same in a sentence.</param>
public sealed record CanaryCondition(string Type, string Status, string Reason, string Message);

/// <summary>The conditions of a canary. Pure.</summary>
public static class CanaryConditions
{
    private const int LongestMessage = 2000;

    /// <summary>What is wrong with a canary, field by field (H-31).</summary>
    /// <param name="problems">Its faults.</param>
    /// <returns>The condition; null for a canary without fault.</returns>
    public static CanaryCondition? Accepted(IReadOnlyCollection<ObjectProblem> problems)
    {
        ArgumentNullException.ThrowIfNull(problems);
        if (problems.Count == 0)
        {
            return null;
        }

        var message = string.Join(" ", problems.Select(problem => $"{problem.Field}: {problem.Message}. {problem.Fix}."));
        return new CanaryCondition(
            "Accepted", "False", Reasons.InvalidSpec, message.Length <= LongestMessage ? message : message[..LongestMessage]);
    }

    /// <summary>
    /// Whether the last revision was promoted: the condition that scripts wait for (`spec/flagger.md` 1.6), its words kept letter
    /// for letter.
    /// </summary>
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

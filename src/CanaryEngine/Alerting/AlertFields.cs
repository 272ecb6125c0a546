using System.Globalization;
using XdsCanary.CanaryEngine.Core;

namespace XdsCanary.CanaryEngine.Alerting;

/// <summary>The settings of a canary that go with its alerts, in Flagger's words.</summary>
internal static class AlertFields
{
    /// <summary>The fields of a canary.</summary>
    /// <param name="spec">The canary.</param>
    public static EquatableArray<TemplateVariable> Of(CanarySpec spec) =>
    [
        new("Target", $"{spec.Target.Kind}/{spec.Target.Name}.{spec.Key.Namespace}"),
        new("Failed checks threshold", Text(spec.Analysis.Threshold)),
        new("Progress deadline", $"{Text((long)spec.ProgressDeadline.TotalSeconds)}s"),
        new("Traffic routing", Routing(spec.Analysis)),
    ];

    private static string Routing(AnalysisSpec analysis) => analysis.Strategy switch
    {
        CanaryStrategy.AbTesting => "A/B Testing",
        CanaryStrategy.BlueGreen => "Blue/Green",
        _ when analysis.StepWeights.Count > 0 =>
            $"Weight steps: {string.Join(',', analysis.StepWeights.Select(step => Text(step)))} max: {Text(analysis.WrittenMaxWeight)}",
        _ => $"Weight step: {Text(analysis.StepWeight)} max: {Text(analysis.WrittenMaxWeight)}",
    };

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}

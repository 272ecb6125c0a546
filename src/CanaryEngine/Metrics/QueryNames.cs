using System.Collections.Immutable;
using System.Globalization;
using XdsCanary.CanaryEngine.Core;

namespace XdsCanary.CanaryEngine.Metrics;

/// <summary>What the names in queries stand for. Pure.</summary>
internal static class QueryNames
{
    /// <summary>The names of a question.</summary>
    /// <param name="spec">The canary.</param>
    /// <param name="question">The question.</param>
    /// <param name="subject">The service that the value is asked for.</param>
    public static ImmutableDictionary<string, string> Of(CanarySpec spec, AskMetric question, string subject) =>
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["name"] = spec.Key.Name,
            ["namespace"] = spec.Key.Namespace,
            ["target"] = spec.Target.Name,
            ["service"] = spec.Service.Name,
            // There are no references to an ingress or a route here; Flagger too falls back to the target.
            ["ingress"] = spec.Target.Name,
            ["route"] = spec.Target.Name,
            ["interval"] = Window(question),
            ["primary"] = spec.Primary.Name,
            ["canary"] = spec.Canary.Name,
            [QueryTemplate.Subject] = subject,
        }.ToImmutableDictionary(StringComparer.Ordinal);

    /// <summary>The metric's own variables by name.</summary>
    /// <param name="check">The metric.</param>
    public static ImmutableDictionary<string, string> VariablesOf(MetricCheck check) =>
        check.Variables.ToImmutableDictionary(variable => variable.Name, variable => variable.Value, StringComparer.Ordinal);

    /// <summary>The window as PromQL writes it: as the user wrote it if it is the metric's own.</summary>
    /// <param name="question">The question.</param>
    public static string Window(AskMetric question)
    {
        if (question.Window == question.Check.Interval && question.Check.IntervalText.Length > 0)
        {
            return question.Check.IntervalText;
        }

        var milliseconds = (long)Math.Max(Math.Round(question.Window.TotalMilliseconds), 1);
        return milliseconds % 1000 == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1000}s")
            : string.Create(CultureInfo.InvariantCulture, $"{milliseconds}ms");
    }
}

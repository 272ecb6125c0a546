namespace XdsCanary.EndToEnd.Tests.Canary;

/// <summary>Writes the manifest of the canary <c>web</c>.</summary>
internal static class CanaryText
{
    /// <summary>A manifest.</summary>
    /// <param name="analysis">What stands below <c>analysis</c>, one field a line.</param>
    /// <param name="hooks">The items of <c>webhooks</c>; empty for none.</param>
    /// <param name="metrics">The items of <c>metrics</c>; empty for none.</param>
    public static string Write(IEnumerable<string> analysis, IEnumerable<string> hooks, IEnumerable<string> metrics) =>
        $"""
        apiVersion: flagger.app/v1beta1
        kind: Canary
        metadata:
          name: web
          namespace: default
        spec:
          targetRef:
            apiVersion: v1
            kind: Service
            name: web
          analysis:
            {Lines(analysis)}
            metrics: [{string.Join(", ", metrics)}]
            webhooks: [{string.Join(", ", hooks)}]

        """;

    /// <summary>The two built-in metrics, as most canaries have them.</summary>
    /// <param name="window">The time that each looks back.</param>
    public static string[] BuiltInMetrics(string window) =>
    [
        $"{{name: request-success-rate, interval: {window}, thresholdRange: {{min: 99}}}}",
        $"{{name: request-duration, interval: {window}, thresholdRange: {{max: 500}}}}",
    ];

    /// <summary>Webhooks, each named after its type as in the records: <c>hook-pre-rollout</c>.</summary>
    public static string[] Hooks(HookReceiver receiver, params string[] types) =>
        [.. types.Select(type => $"{{name: hook-{type}, type: {type}, url: \"{receiver.UrlOf($"/{type}")}\"}}")];

    private static string Lines(IEnumerable<string> lines) => string.Join("\n    ", lines);
}

using System.Globalization;
using System.Text.Json.Nodes;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Kubernetes;

/// <summary>Events of canaries as the cluster keeps them (events.k8s.io/v1). Pure.</summary>
internal static class EventJson
{
    /// <summary>The controller that events name, as Flagger's do.</summary>
    public const string Controller = "flagger";

    private const string MicroTime = "yyyy-MM-ddTHH:mm:ss.ffffffZ";

    // In bytes; the API server refuses an event with a longer one.
    private const int LongestNote = 1024;

    /// <summary>An event that was told for the first time.</summary>
    /// <param name="canary">The Canary object.</param>
    /// <param name="told">What happened.</param>
    /// <param name="instance">The replica that tells it.</param>
    /// <param name="sequence">Tells events of one moment apart.</param>
    public static JsonObject New(SourceObject canary, CanaryEvent told, string instance, long sequence) => new()
    {
        ["apiVersion"] = "events.k8s.io/v1",
        ["kind"] = "Event",
        ["metadata"] = new JsonObject
        {
            ["name"] = string.Create(CultureInfo.InvariantCulture, $"{canary.Key.Name.Name}.{told.First.UtcTicks:x}{sequence & 0xffff:x4}"),
            ["namespace"] = canary.Key.Name.Namespace,
        },
        ["eventTime"] = Text(told.First),
        ["reportingController"] = Controller,
        ["reportingInstance"] = instance,
        ["action"] = told.Phase == CanaryPhase.None ? nameof(CanaryPhase.Initializing) : told.Phase.ToString(),
        ["reason"] = "Synced",
        ["type"] = told.IsWarning ? "Warning" : "Normal",
        ["note"] = ShortText.Cut(told.Text, LongestNote),
        ["regarding"] = new JsonObject
        {
            ["apiVersion"] = canary.ApiVersion,
            ["kind"] = canary.Key.Kind,
            ["namespace"] = canary.Key.Name.Namespace,
            ["name"] = canary.Key.Name.Name,
            ["uid"] = ObjectJson.Metadata(canary, "uid"),
            ["resourceVersion"] = ObjectJson.Metadata(canary, "resourceVersion"),
        },
    };

    /// <summary>What changes in an event that is told again.</summary>
    /// <param name="count">How often it was told.</param>
    /// <param name="last">When it was told last.</param>
    public static JsonObject Again(int count, DateTimeOffset last) => new()
    {
        ["series"] = new JsonObject { ["count"] = count, ["lastObservedTime"] = Text(last) },
    };

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString(MicroTime, CultureInfo.InvariantCulture);
}

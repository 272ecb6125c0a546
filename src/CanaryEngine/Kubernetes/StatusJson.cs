using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Standalone;

namespace XdsCanary.CanaryEngine.Kubernetes;

/// <summary>
/// What is remembered of a canary as its object's <c>status</c> has it: Flagger's fields under their names, and ours beside them.
/// A status that Flagger wrote can be read, too. Pure.
/// </summary>
internal static class StatusJson
{
    private const string Seconds = "yyyy-MM-ddTHH:mm:ssZ";

    // Ours have a resolution of their own; these are read by programs that know whole seconds only.
    private static readonly string[] NotOurs = ["conditions", "trackedConfigs", "lastTransitionTime"];

    /// <summary>Writes a status.</summary>
    /// <param name="spec">The canary.</param>
    /// <param name="status">What is remembered.</param>
    /// <param name="trackedConfigs">Checksums of what the target is configured by, by <c>kind/name</c>.</param>
    /// <param name="before">The status as the object has it; null when it has none.</param>
    public static JsonObject Write(
        CanarySpec spec,
        CanaryStatus status,
        IReadOnlyDictionary<string, string> trackedConfigs,
        JsonObject? before)
    {
        var json = JsonSerializer.SerializeToNode(status, CanaryStateJson.Default.CanaryStatus)!.AsObject();
        if (status.Phase == CanaryPhase.None)
        {
            json.Remove("phase");
        }

        json["lastTransitionTime"] = Text(status.LastTransitionTime);
        if (trackedConfigs.Count > 0)
        {
            json["trackedConfigs"] = new JsonObject(trackedConfigs
                .OrderBy(config => config.Key, StringComparer.Ordinal)
                .Select(config => KeyValuePair.Create(config.Key, (JsonNode?)config.Value)));
        }

        if (CanaryConditions.Promoted(status.Phase, spec.Target.Kind) is { } promoted)
        {
            json["conditions"] = Conditions(promoted, status.LastTransitionTime, before?["conditions"] as JsonArray);
        }

        return json;
    }

    /// <summary>Reads a status.</summary>
    /// <param name="json">The object's <c>status</c>; null for none.</param>
    /// <returns>What is remembered; nothing when it cannot be read.</returns>
    public static CanaryStatus Read(JsonObject? json)
    {
        if (json is null)
        {
            return CanaryStatus.Empty;
        }

        // What is not written has the value of a canary that nothing is known of; reading alone would make it null.
        var own = JsonSerializer.SerializeToNode(CanaryStatus.Empty, CanaryStateJson.Default.CanaryStatus)!.AsObject();
        foreach (var (field, value) in json.Where(field => field.Value is not null && !NotOurs.Contains(field.Key)))
        {
            own[field] = value!.DeepClone();
        }

        var time = json["lastTransitionTime"]?.GetValue<string>();
        var status = own.Deserialize(CanaryStateJson.Default.CanaryStatus) ?? CanaryStatus.Empty;
        return status with
        {
            LastTransitionTime = DateTimeOffset.TryParse(
                time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at)
                ? at
                : default,
        };
    }

    /// <summary>True for a status that another program than this one wrote: it says nothing of the spec that it is about.</summary>
    /// <param name="json">The object's <c>status</c>; null for none.</param>
    public static bool IsForeign(JsonObject? json) => json?["phase"] is not null && json["observedGeneration"] is null;

    private static JsonArray Conditions(CanaryCondition promoted, DateTimeOffset now, JsonArray? before)
    {
        var known = before?.OfType<JsonObject>().FirstOrDefault(item => (string?)item["type"] == promoted.Type);
        var isSameStatus = (string?)known?["status"] == promoted.Status;
        var isSame = isSameStatus && (string?)known?["reason"] == promoted.Reason && (string?)known?["message"] == promoted.Message;
        var others = before?.OfType<JsonObject>().Where(item => (string?)item["type"] != promoted.Type) ?? [];
        var condition = new JsonObject
        {
            ["type"] = promoted.Type,
            ["status"] = promoted.Status,
            ["reason"] = promoted.Reason,
            ["message"] = promoted.Message,
            ["lastUpdateTime"] = isSame ? (string?)known!["lastUpdateTime"] ?? Text(now) : Text(now),
            ["lastTransitionTime"] = isSameStatus ? (string?)known!["lastTransitionTime"] ?? Text(now) : Text(now),
        };
        return [condition, .. others.Select(item => item.DeepClone())];
    }

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString(Seconds, CultureInfo.InvariantCulture);
}

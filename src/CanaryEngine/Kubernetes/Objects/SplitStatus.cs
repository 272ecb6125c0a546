using System.Globalization;
using System.Text.Json.Nodes;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Ports;

namespace XdsCanary.CanaryEngine.Kubernetes.Objects;

/// <summary>The status of a TrafficSplit: whether it is in use, and whether all that it names exists. Pure.</summary>
internal static class SplitStatus
{
    private const string Conditions = "conditions";
    private const string Transition = "lastTransitionTime";

    /// <summary>Writes a verdict into a status.</summary>
    /// <param name="status">The status as it is; null for none.</param>
    /// <param name="verdict">The verdict.</param>
    /// <param name="now">The time.</param>
    /// <returns>The status to write, with what others wrote in it; null when it says so already.</returns>
    public static JsonObject? Next(JsonObject? status, SplitVerdict verdict, DateTimeOffset now)
    {
        var known = status.ItemsAt(Conditions).ToDictionary(item => item.TextAt("type"), StringComparer.Ordinal);
        var wanted = verdict.Conditions.Items
            .Select(condition => Json(condition, verdict.Generation, known.GetValueOrDefault(condition.Type), now))
            .ToList();
        if (wanted.TrueForAll(item => CanonicalJson.AreEqual(item, known.GetValueOrDefault(item.TextAt("type")))))
        {
            return null;
        }

        var ours = verdict.Conditions.Items.Select(condition => condition.Type).ToHashSet(StringComparer.Ordinal);
        var next = status?.Copy() ?? [];
        next[Conditions] = new JsonArray(
            [.. status.ItemsAt(Conditions).Where(item => !ours.Contains(item.TextAt("type"))).Select(item => item.Copy()), .. wanted]);
        return next;
    }

    private static JsonObject Json(CanaryCondition condition, long generation, JsonObject? before, DateTimeOffset now)
    {
        var since = before?.TextAt("status") == condition.Status ? before.TextAt(Transition) : string.Empty;
        var json = new JsonObject
        {
            ["type"] = condition.Type,
            ["status"] = condition.Status,
            ["reason"] = condition.Reason,
            ["message"] = condition.Message,
            [Transition] = since.Length > 0 ? since : now.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
        };
        if (generation > 0)
        {
            json["observedGeneration"] = generation;
        }

        return json;
    }
}

using System.Globalization;
using System.Text.Json.Nodes;

namespace XdsCanary.KubeRuntime.Leadership;

/// <summary>The Lease object (coordination.k8s.io/v1) as it is read and written. Pure.</summary>
internal static class LeaseRecord
{
    private const string MicroTime = "yyyy-MM-ddTHH:mm:ss.ffffffZ";

    /// <summary>Takes a record over.</summary>
    /// <param name="view">What was known before.</param>
    /// <param name="lease">The object.</param>
    /// <param name="fallback">How long a record lasts that does not say it.</param>
    /// <param name="now">The time.</param>
    public static LeaseView Read(LeaseView view, JsonObject lease, TimeSpan fallback, TimeSpan now)
    {
        var spec = lease["spec"] as JsonObject;
        return view.Read(
            (string?)spec?["holderIdentity"] ?? string.Empty,
            (string?)lease["metadata"]?["resourceVersion"] ?? string.Empty,
            (int?)spec?["leaseDurationSeconds"] is { } seconds and > 0 ? TimeSpan.FromSeconds(seconds) : fallback,
            (int?)spec?["leaseTransitions"] ?? 0,
            now);
    }

    /// <summary>The record that takes or renews a lease: the one that was read, but for what is ours to say.</summary>
    /// <param name="lease">The object; null when there is none.</param>
    /// <param name="view">What is known of it.</param>
    /// <param name="options">The lease and the replica.</param>
    /// <param name="now">The time of day.</param>
    public static JsonObject Take(JsonObject? lease, LeaseView view, LeaseOptions options, DateTimeOffset now)
    {
        var time = now.UtcDateTime.ToString(MicroTime, CultureInfo.InvariantCulture);
        var (record, spec) = Copy(lease, options);
        spec["holderIdentity"] = options.Identity;
        spec["leaseDurationSeconds"] = (int)Math.Ceiling(options.Duration.TotalSeconds);
        spec["renewTime"] = time;
        if (view.Holder != options.Identity || lease is null)
        {
            spec["acquireTime"] = time;
            // Of a lease that somebody deleted, who held it last is known, too.
            var isFirst = lease is null && view.Holder.Length == 0;
            spec["leaseTransitions"] = view.Transitions + (isFirst || view.Holder == options.Identity ? 0 : 1);
        }

        return record;
    }

    /// <summary>The record that gives a lease up.</summary>
    /// <param name="lease">The object.</param>
    /// <param name="options">The lease and the replica.</param>
    public static JsonObject GiveUp(JsonObject lease, LeaseOptions options)
    {
        var (record, spec) = Copy(lease, options);
        spec["holderIdentity"] = string.Empty;
        spec["leaseDurationSeconds"] = 1;
        return record;
    }

    // With the version that was read: whoever writes between that and our write has won.
    private static (JsonObject Record, JsonObject Spec) Copy(JsonObject? lease, LeaseOptions options)
    {
        var record = (JsonObject?)lease?.DeepClone() ?? new JsonObject
        {
            ["apiVersion"] = "coordination.k8s.io/v1",
            ["kind"] = "Lease",
            ["metadata"] = new JsonObject { ["name"] = options.Name.Name, ["namespace"] = options.Name.Namespace },
        };
        if (record["spec"] is not JsonObject spec)
        {
            spec = [];
            record["spec"] = spec;
        }

        return (record, spec);
    }
}

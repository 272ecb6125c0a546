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
    /// <param name="now">The time.</param>
    public static LeaseView Read(LeaseView view, JsonObject lease, TimeSpan now)
    {
        var spec = lease["spec"] as JsonObject;
        return view.Read(
            (string?)spec?["holderIdentity"] ?? string.Empty,
            (string?)lease["metadata"]?["resourceVersion"] ?? string.Empty,
            TimeSpan.FromSeconds((int?)spec?["leaseDurationSeconds"] ?? 0),
            (int?)spec?["leaseTransitions"] ?? 0,
            now);
    }

    /// <summary>The record that takes or renews a lease.</summary>
    /// <param name="view">What is known of it.</param>
    /// <param name="options">The lease and the replica.</param>
    /// <param name="now">The time of day.</param>
    public static JsonObject Take(LeaseView view, LeaseOptions options, DateTimeOffset now)
    {
        var isNew = view.Holder != options.Identity;
        var time = now.UtcDateTime.ToString(MicroTime, CultureInfo.InvariantCulture);
        var spec = new JsonObject
        {
            ["holderIdentity"] = options.Identity,
            ["leaseDurationSeconds"] = (int)Math.Ceiling(options.Duration.TotalSeconds),
            ["renewTime"] = time,
            ["leaseTransitions"] = view.Transitions + (isNew && view.Version.Length > 0 ? 1 : 0),
        };
        if (isNew)
        {
            spec["acquireTime"] = time;
        }

        return Of(view, options, spec);
    }

    /// <summary>The record that gives a lease up.</summary>
    /// <param name="view">What is known of it.</param>
    /// <param name="options">The lease and the replica.</param>
    public static JsonObject GiveUp(LeaseView view, LeaseOptions options) => Of(view, options, new JsonObject
    {
        ["holderIdentity"] = string.Empty,
        ["leaseDurationSeconds"] = 1,
        ["leaseTransitions"] = view.Transitions,
    });

    private static JsonObject Of(LeaseView view, LeaseOptions options, JsonObject spec)
    {
        var metadata = new JsonObject { ["name"] = options.Name.Name, ["namespace"] = options.Name.Namespace };
        if (view.Version.Length > 0)
        {
            // Whoever writes between our read and this write has won.
            metadata["resourceVersion"] = view.Version;
        }

        return new JsonObject
        {
            ["apiVersion"] = "coordination.k8s.io/v1",
            ["kind"] = "Lease",
            ["metadata"] = metadata,
            ["spec"] = spec,
        };
    }
}

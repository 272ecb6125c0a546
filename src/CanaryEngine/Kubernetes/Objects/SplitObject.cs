using System.Globalization;
using System.Text.Json.Nodes;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Resources;

namespace XdsCanary.CanaryEngine.Kubernetes.Objects;

/// <summary>The TrafficSplit of a canary (`spec/flagger.md` 2.6), with what SMI has no field for in an annotation. Pure.</summary>
internal static class SplitObject
{
    /// <summary>The API group.</summary>
    public const string Group = "split.smi-spec.io";

    private const string Oldest = "v1alpha1";
    private const int Whole = 100;

    /// <summary>The API version that a canary's provider asks for.</summary>
    /// <param name="provider"><c>spec.provider</c>.</param>
    public static string VersionOf(string provider) =>
        provider == "linkerd" || provider.StartsWith("smi:v1alpha1", StringComparison.Ordinal) ? Oldest
        : provider.StartsWith("smi:v1alpha3", StringComparison.Ordinal) ? "v1alpha3"
        : "v1alpha2";

    /// <summary>Makes the object, the canary before the primary as Flagger writes it.</summary>
    /// <param name="spec">The canary.</param>
    /// <param name="owner">The Canary object.</param>
    /// <param name="plan">Where the traffic goes.</param>
    /// <param name="version">The API version, such as v1alpha2.</param>
    public static JsonObject Make(CanarySpec spec, CanaryOwner owner, TrafficPlan plan, string version)
    {
        var split = owner.Head($"{Group}/{version}", "TrafficSplit", spec.Key.Namespace, spec.Apex.Name);
        if (RoutingJson.Of(spec.Apex.Name, plan) is { } routing)
        {
            split.Ensure("metadata")["annotations"] = new JsonObject { [RoutingJson.Annotation] = routing };
        }

        split["spec"] = new JsonObject
        {
            ["backends"] = new JsonArray(
                Backend(spec.Canary.Name, plan.Canary, version), Backend(spec.Primary.Name, plan.Primary, version)),
            // Flagger writes the first of service.hosts, which need not be a Service: Envoys would route nothing by it.
            ["service"] = spec.Apex.Name,
        };
        return split;
    }

    /// <summary>
    /// Makes the object that leads to the apex itself: its requests go where they go without a split, so that it and the canary's
    /// Services may disappear in any order.
    /// </summary>
    /// <param name="spec">The canary.</param>
    /// <param name="owner">The Canary object.</param>
    /// <param name="version">The API version, such as v1alpha2.</param>
    public static JsonObject MakeReleased(CanarySpec spec, CanaryOwner owner, string version)
    {
        var split = Make(spec, owner, new TrafficPlan(0, Whole), version);
        split.Ensure("spec")["backends"] = new JsonArray(Backend(spec.Apex.Name, Whole, version));
        return split;
    }

    /// <summary>True for an object that leads to the apex itself.</summary>
    /// <param name="split">The object, of any API version.</param>
    /// <param name="spec">The canary.</param>
    public static bool IsReleased(JsonObject split, CanarySpec spec) =>
        split.ItemsAt("spec", "backends").Select(backend => backend.TextAt("service")).SequenceEqual([spec.Apex.Name]);

    /// <summary>Reads where a TrafficSplit sends the traffic, whoever wrote it.</summary>
    /// <param name="split">The object, of any API version.</param>
    /// <param name="spec">The canary.</param>
    /// <returns>
    /// The plan; null when it has no weights for the canary's Services. What other Services get is missing at the primary, at least one
    /// percent, so that such a plan is none that a canary has and is written anew.
    /// </returns>
    public static TrafficPlan? Read(JsonObject split, CanarySpec spec)
    {
        string[] ours = [spec.Canary.Name, spec.Primary.Name];
        var weights = split.ItemsAt("spec", "backends")
            .Select(backend => (Service: backend.TextAt("service"), Weight: Quantity.Read(backend.At("weight"))))
            .ToLookup(backend => backend.Service, backend => backend.Weight, StringComparer.Ordinal);
        var canary = Sum(weights[spec.Canary.Name]);
        var both = canary + Sum(weights[spec.Primary.Name]);
        if (both is not > 0 || canary is not >= 0 || canary > both)
        {
            return null;
        }

        var others = weights.Where(entry => !ours.Contains(entry.Key)).SelectMany(entry => entry).Where(weight => weight is not 0).ToList();
        var total = both.Value + others.Sum(weight => Math.Max(weight ?? 0, 0));
        var percent = (int)decimal.Round(canary.Value * Whole / total);
        var elsewhere = others.Count == 0 ? 0 : Math.Max(1, (int)decimal.Round((total - both.Value) * Whole / total));
        var plan = new TrafficPlan(Whole - percent - elsewhere, percent);
        return split.TextAt("metadata", "annotations", RoutingJson.Annotation) is { Length: > 0 } routing
            ? RoutingReader.Read(routing, plan)
            : plan;
    }

    // Of a Service that is named twice all counts. Null when one cannot be read.
    private static decimal? Sum(IEnumerable<decimal?> weights) => weights.Aggregate((decimal?)0, (sum, weight) => sum + weight);

    private static JsonObject Backend(string service, int weight, string version) => new()
    {
        ["service"] = service,
        ["weight"] = version == Oldest ? weight.ToString(CultureInfo.InvariantCulture) : weight,
    };
}

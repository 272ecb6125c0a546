using System.Text.RegularExpressions;
using XdsCanary.KubeRuntime.Documents;

namespace XdsCanary.CanaryEngine.Resources;

/// <summary>Reads <c>spec.provider</c>, which says by what Flagger would route.</summary>
internal static partial class ProviderReader
{
    private static readonly string[] Known =
    [
        "envoy", "smi:crossover", "smi:crossover-envoy", "smi:envoy-crossover", "smi:v1alpha1", "smi:v1alpha2", "smi:v1alpha3",
        "smi:v1alpha4", "apisix", "appmesh", "appmesh:v1beta2", "contour", "gatewayapi:v1", "gatewayapi:v1beta1", "gloo", "istio",
        "knative", "kubernetes", "kuma", "linkerd", "nginx", "osm", "skipper", "traefik",
    ];

    /// <summary>Reads the provider.</summary>
    /// <param name="field">The field.</param>
    /// <param name="findings">Collects notes.</param>
    /// <returns>The provider as written; empty when not given.</returns>
    public static string Read(NodeReader field, Findings findings)
    {
        var name = field.Text() ?? string.Empty;
        if (name.Length == 0 || name == "envoy" || Split().IsMatch(name))
        {
            return name;
        }

        if (Known.Contains(name))
        {
            findings.NoteUnused(field, $"traffic goes by Envoy, not by {name}");
        }
        else
        {
            var nearest = NearestName.Find(name, Known);
            field.Report(
                $"is not a provider that is known, {field.Shown()}",
                nearest is null ? "Remove it, or write envoy: traffic goes by Envoy" : $"Write '{nearest}', or remove it");
        }

        return name;
    }

    // The mesh that may stand behind a version of the split API chooses queries in Flagger.
    [GeneratedRegex(@"^smi:(?:crossover|crossover-envoy|envoy-crossover|v1alpha[1-4](?::[a-z0-9-]+)?)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Split();
}

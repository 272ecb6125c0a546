using System.Text.Json;
using System.Text.Json.Nodes;

namespace XdsCanary.CanaryEngine.Kubernetes.Objects;

/// <summary>Gives the apex Service back to the target when the canary is deleted (`spec/flagger.md` 2.11). Pure.</summary>
internal static class ServiceHandBack
{
    /// <summary>Sets the selector back.</summary>
    /// <param name="live">The apex as it is; null when there is none, and nothing is left to give back.</param>
    /// <param name="canary">The canary's name.</param>
    /// <param name="selector">The label that tells the target's pods.</param>
    /// <returns>
    /// The object to write, an update of the live one; null when there is nothing to do: a Service of a canary goes with it.
    /// </returns>
    public static JsonObject? Of(JsonObject? live, string canary, SelectorLabel selector)
    {
        if (live is null || Ownership.Of(live, canary) != OwnerKind.Somebody)
        {
            return null;
        }

        var before = Applied(live).ObjectAt("spec", "selector")?.Copy() ?? selector.OfCanary();
        if (CanonicalJson.AreEqual(live.At("spec", "selector"), before))
        {
            return null;
        }

        var next = live.Copy();
        next.Ensure("spec")["selector"] = before;
        return next;
    }

    // What the user applied last; a text that is no object says nothing.
    private static JsonNode? Applied(JsonObject live)
    {
        try
        {
            var text = live.TextAt("metadata", "annotations", MetadataKeys.LastApplied);
            return text.Length > 0 ? JsonNode.Parse(text) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;

namespace XdsCanary.CanaryEngine.Kubernetes.Objects;

/// <summary>Gives the apex Service back to the target when the canary is deleted (`spec/flagger.md` 2.11). Pure.</summary>
internal static class ServiceHandBack
{
    /// <summary>Sets the selector back.</summary>
    /// <param name="live">The apex as it is; null when there is none, and nothing is left to give back.</param>
    /// <param name="wanted">The same as <see cref="MadeServices.Make"/> has it.</param>
    /// <param name="canary">The canary's name.</param>
    /// <param name="selector">The label that tells the target's pods.</param>
    /// <returns>
    /// A body for server-side apply that lets go of the annotations that keep Flux away, and of no port, for clients use them; null
    /// when there is nothing to do: a Service of a canary goes with it.
    /// </returns>
    public static JsonObject? Of(JsonObject? live, JsonObject wanted, string canary, SelectorLabel selector)
    {
        if (live is null || Ownership.Of(live, canary) != OwnerKind.Somebody)
        {
            return null;
        }

        var before = Applied(live).ObjectAt("spec", "selector")?.Copy() ?? selector.OfCanary();
        var isMarked = MetadataKeys.ToolkitOff.Any(mark => live.TextAt("metadata", "annotations", mark.Key).Length > 0);
        if (!isMarked && CanonicalJson.AreEqual(live.At("spec", "selector"), before))
        {
            return null;
        }

        return new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Service",
            ["metadata"] = new JsonObject
            {
                ["name"] = live.TextAt("metadata", "name"),
                ["namespace"] = live.TextAt("metadata", "namespace"),
            },
            ["spec"] = new JsonObject { ["ports"] = Kept(live, wanted), ["selector"] = before },
        };
    }

    // The ports that the canary has applied, as they are by now, so that to apply them once more changes nothing. All of them where the
    // canary has come to name others: one has to stay.
    private static JsonArray Kept(JsonObject live, JsonObject wanted)
    {
        var there = live.ItemsAt("spec", "ports").ToList();
        var ours = there.Select(port => (Port: port, Made: MadeAs(port, wanted))).Where(pair => pair.Made is not null).ToList();
        return ours.Count == 0
            ? new JsonArray([.. there.Select(port => port.Copy())])
            : new JsonArray([.. ours.Select(pair => new JsonObject(pair.Port.Where(field => pair.Made!.ContainsKey(field.Key))
                .Select(field => KeyValuePair.Create(field.Key, field.Value?.DeepClone()))))]);
    }

    private static JsonObject? MadeAs(JsonObject port, JsonObject wanted) => wanted.ItemsAt("spec", "ports").FirstOrDefault(made =>
        made.NumberAt("port") == port.NumberAt("port") && made.TextAt("protocol") == port.TextAt("protocol"));

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

using System.Text.Json.Nodes;

namespace XdsCanary.CanaryEngine.Kubernetes.Objects;

/// <summary>A reference from a pod template to a ConfigMap or Secret.</summary>
/// <param name="Key">What is referred to.</param>
/// <param name="IsOptional">The pods start without it: every one of its uses says so.</param>
internal sealed record ConfigReference(ConfigKey Key, bool IsOptional);

/// <summary>
/// Finds and renames the ConfigMaps and Secrets that a pod template refers to: in volumes, projected volumes, and the environment
/// of containers and init containers (`spec/flagger.md` 3.2). Pure.
/// </summary>
internal static class ConfigReferences
{
    private const string Name = "name";

    /// <summary>The references of a template, each object once, in order.</summary>
    /// <param name="template">A pod template.</param>
    public static EquatableArray<ConfigReference> Of(JsonObject template) => Places(template)
        .Where(place => place.Key.Name.Length > 0)
        .GroupBy(place => place.Key, place => place.Holder.IsTrueAt("optional"))
        .OrderBy(uses => uses.Key)
        .Select(uses => new ConfigReference(uses.Key, uses.All(isOptional => isOptional)))
        .ToEquatableArray();

    /// <summary>Renames what a template refers to.</summary>
    /// <param name="template">A pod template; it is changed, so make it a copy.</param>
    /// <param name="names">The new names; what is not in it keeps its name.</param>
    public static void Rename(JsonObject template, IReadOnlyDictionary<ConfigKey, string> names)
    {
        foreach (var place in Places(template).ToList())
        {
            if (names.TryGetValue(place.Key, out var name))
            {
                place.Holder[place.Field] = name;
            }
        }
    }

    private static IEnumerable<Place> Places(JsonObject template) => OfVolumes(template)
        .Concat(template.ItemsAt("spec", "initContainers").SelectMany(OfContainer))
        .Concat(template.ItemsAt("spec", "containers").SelectMany(OfContainer));

    private static IEnumerable<Place> OfVolumes(JsonObject template)
    {
        foreach (var volume in template.ItemsAt("spec", "volumes"))
        {
            var own = One(volume.ObjectAt("configMap"), Name, ConfigKind.ConfigMap)
                .Concat(One(volume.ObjectAt("secret"), "secretName", ConfigKind.Secret));
            var projected = volume.ItemsAt("projected", "sources").SelectMany(source =>
                One(source.ObjectAt("configMap"), Name, ConfigKind.ConfigMap)
                    .Concat(One(source.ObjectAt("secret"), Name, ConfigKind.Secret)));
            foreach (var place in own.Concat(projected))
            {
                yield return place;
            }
        }
    }

    private static IEnumerable<Place> OfContainer(JsonObject container) => container.ItemsAt("env")
        .SelectMany(variable => One(variable.ObjectAt("valueFrom", "configMapKeyRef"), Name, ConfigKind.ConfigMap)
            .Concat(One(variable.ObjectAt("valueFrom", "secretKeyRef"), Name, ConfigKind.Secret)))
        .Concat(container.ItemsAt("envFrom").SelectMany(source =>
            One(source.ObjectAt("configMapRef"), Name, ConfigKind.ConfigMap)
                .Concat(One(source.ObjectAt("secretRef"), Name, ConfigKind.Secret))));

    private static IEnumerable<Place> One(JsonObject? holder, string field, ConfigKind kind)
    {
        if (holder is not null)
        {
            yield return new Place(holder, field, new ConfigKey(kind, holder.TextAt(field)));
        }
    }

    /// <summary>Where a name stands.</summary>
    private sealed record Place(JsonObject Holder, string Field, ConfigKey Key);
}

using XdsCanary.KubeRuntime.Documents;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Resources;

/// <summary>Tells which objects are the canary engine's.</summary>
public static class CanaryKinds
{
    /// <summary>The API group of all of them.</summary>
    public const string Group = "flagger.app";

    /// <summary>The kind of canaries.</summary>
    public const string Canary = "Canary";

    /// <summary>The kind of queries that canaries share.</summary>
    public const string MetricTemplate = "MetricTemplate";

    /// <summary>The kind of receivers of alerts.</summary>
    public const string AlertProvider = "AlertProvider";

    private static readonly string[] Kinds = [Canary, MetricTemplate, AlertProvider];

    /// <summary>The identity of a canary.</summary>
    /// <param name="name">Its name.</param>
    public static ObjectKey CanaryKey(NamespacedName name) => new(Group, Canary, name);

    /// <summary>True for an object that one of the mappers reads.</summary>
    /// <param name="key">The object's identity.</param>
    public static bool IsKnown(ObjectKey key) => key.Group == Group && Kinds.Contains(key.Kind);

    /// <summary>Refuses an object that was probably meant to be one of these: an unknown kind of the group, or a misspelt group.</summary>
    /// <param name="source">The object.</param>
    /// <returns>The fault; null for an object that is one of these, or somebody else's.</returns>
    public static ObjectProblem? Refuse(SourceObject source)
    {
        ArgumentNullException.ThrowIfNull(source);
        var key = source.Key;
        if (key.Group == Group)
        {
            return IsKnown(key) ? null : RefuseKind(source);
        }

        // Other groups may have kinds of the same name; only one that is nearly this is a slip.
        return Kinds.Contains(key.Kind) && NearestName.Find(key.Group, [Group]) is not null ? RefuseGroup(source) : null;
    }

    private static ObjectProblem RefuseKind(SourceObject source)
    {
        var fix = NearestName.Find(source.Key.Kind, Kinds) is { } nearest
            ? $"Write '{nearest}'"
            : $"Write one of {string.Join(", ", Kinds)}";
        return At(source, "kind", $"'{source.Key.Kind}' is not a kind of '{source.ApiVersion}'", fix);
    }

    private static ObjectProblem RefuseGroup(SourceObject source)
    {
        var version = source.ApiVersion[(source.ApiVersion.IndexOf('/', StringComparison.Ordinal) + 1)..];
        return At(
            source, "apiVersion", $"'{source.Key.Group}' has no kind '{source.Key.Kind}' that is known here",
            $"Write '{Group}/{version}'");
    }

    private static ObjectProblem At(SourceObject source, string name, string message, string fix)
    {
        var field = NodeReader.At(source.Root, []).Field(name);
        return ObjectReader.Located(new NodeProblem(field.Position, field.Path, message, fix), source.Origin, source.Key);
    }
}

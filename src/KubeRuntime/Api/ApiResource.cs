using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.KubeRuntime.Api;

/// <summary>A resource of the Kubernetes API in one of its versions, and the paths of its objects. Immutable.</summary>
/// <param name="Group">The API group; empty for the core group.</param>
/// <param name="Version">The version, for example <c>v1</c>.</param>
/// <param name="Plural">The name in paths, for example <c>services</c>.</param>
/// <param name="Kind">The kind, for example <c>Service</c>.</param>
public sealed record ApiResource(string Group, string Version, string Plural, string Kind)
{
    /// <summary><c>apiVersion</c> of its objects.</summary>
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>The path of the group and version.</summary>
    public string Root => Group.Length == 0 ? $"/api/{Version}" : $"/apis/{Group}/{Version}";

    /// <summary>The path of all objects.</summary>
    /// <param name="space">The namespace; empty for all of them.</param>
    public string PathOfAll(string space) =>
        space.Length == 0 ? $"{Root}/{Plural}" : $"{Root}/namespaces/{Uri.EscapeDataString(space)}/{Plural}";

    /// <summary>The path of one object.</summary>
    /// <param name="name">Its namespace and name.</param>
    /// <param name="subresource">A part of it such as <c>status</c>; empty for the whole.</param>
    public string PathOf(NamespacedName name, string subresource = "")
    {
        var path = $"{PathOfAll(name.Namespace)}/{Uri.EscapeDataString(name.Name)}";
        return subresource.Length == 0 ? path : $"{path}/{subresource}";
    }

    /// <summary>The identity of one object.</summary>
    /// <param name="name">Its namespace and name.</param>
    public ObjectKey KeyOf(NamespacedName name) => new(Group, Kind, name);
}

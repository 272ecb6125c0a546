using System.Collections.Immutable;

namespace XdsCanary.XdsServer.Model;

/// <summary>
/// What the mesh should look like: every service, its endpoints and how its requests are shared. Immutable; parts that did not
/// change are the same instances as in the state before.
/// </summary>
/// <param name="Namespaces">The namespaces that have anything, by name (ordinal).</param>
internal sealed record MeshState(ImmutableSortedDictionary<string, MeshNamespace> Namespaces)
{
    /// <summary>A mesh without services.</summary>
    public static MeshState Empty { get; } =
        new(ImmutableSortedDictionary.Create<string, MeshNamespace>(StringComparer.Ordinal));

    /// <summary>The services, by name.</summary>
    public EquatableArray<Service> Services => Namespaces.Values.SelectMany(space => space.Services.Items).ToEquatableArray();

    /// <summary>The endpoints, by service and port.</summary>
    public EquatableArray<EndpointGroup> Endpoints =>
        Namespaces.Values.SelectMany(space => space.Endpoints.Items).ToEquatableArray();

    /// <summary>The rules, by root and port.</summary>
    public EquatableArray<TrafficSplitRule> Rules =>
        Namespaces.Values.SelectMany(space => space.Rules.Values).SelectMany(rules => rules.Items).ToEquatableArray();

    /// <summary>The namespaces that a group of nodes sees, by name.</summary>
    /// <param name="group">The nodes.</param>
    public ImmutableArray<MeshNamespace> VisibleTo(NodeGroup group) =>
        group.Visible.Length == 0
            ? Namespaces.TryGetValue(group.Namespace, out var own) ? [own] : []
            : [.. Namespaces.Where(pair => group.Sees(pair.Key)).Select(pair => pair.Value)];
}

using System.Collections.Immutable;
using Google.Protobuf;
using XdsCanary.XdsServer.Model;

namespace XdsCanary.XdsServer.Resources;

/// <summary>
/// Makes the resources of a mesh for a group of nodes. Equal input makes equal bytes; what did not change is not made again.
/// </summary>
internal static class ResourceBundleBuilder
{
    /// <summary>Makes the resources; messages whose inputs did not change are the instances of the build before.</summary>
    /// <param name="state">The mesh.</param>
    /// <param name="group">The nodes; only services that they see are included.</param>
    /// <param name="options">Choices.</param>
    /// <param name="previous">The build before; one for another group or with other options is not used. Null for none.</param>
    public static ResourceBundleBuild Build(
        MeshState state, NodeGroup group, ResourceOptions options, ResourceBundleBuild? previous)
    {
        var before = previous is not null && previous.Group == group && previous.Options == options ? previous : null;
        var view = state.VisibleTo(group);
        if (before is not null && before.View.AsSpan().SequenceEqual(view.AsSpan(), ReferenceEqualityComparer.Instance))
        {
            return before;
        }

        var routes = RouteTable.Make(view, group, options, before?.RouteTable);
        return new ResourceBundleBuild
        {
            Bundle = new ResourceBundle
            {
                Clusters = MakeClusters(view, group, options, before),
                Endpoints = MakeEndpoints(view, before),
                Listeners = before?.Bundle.Listeners
                    ?? [new NamedResource(
                        ResourceNames.Listener, ListenerBuilder.Build(options), [ResourceNames.RouteConfiguration])],
                Routes = ReferenceEquals(before?.RouteTable.Configuration.Message, routes.Configuration.Message)
                    ? before!.Bundle.Routes
                    : [routes.Configuration],
                Weights = routes.Weights,
                RouteContents = routes.Contents,
            },
            Findings = routes.Findings,
            View = view,
            Group = group,
            Options = options,
            RouteTable = routes,
        };
    }

    private static ImmutableArray<NamedResource> MakeClusters(
        ImmutableArray<MeshNamespace> view, NodeGroup nodes, ResourceOptions options, ResourceBundleBuild? before)
    {
        if (before is not null && RouteTable.HasSameServices(before.View, view))
        {
            return before.Bundle.Clusters;
        }

        var old = Index(before?.Bundle.Clusters);
        var spaces = IndexSpaces(before);
        return Sort(
            from space in view
            from service in space.Services.Items
            let isUnchanged = spaces.GetValueOrDefault(space.Name)?.FindService(service.Name) == service
            from port in service.Ports.Items
            select Reuse(old, ResourceNames.Cluster(service.Name, port.Number), isUnchanged)
                ?? Leaf(ClusterBuilder.Build(service, port, nodes, options), service, port));
    }

    private static ImmutableArray<NamedResource> MakeEndpoints(ImmutableArray<MeshNamespace> view, ResourceBundleBuild? before)
    {
        if (before is not null && RouteTable.HasSameServices(before.View, view))
        {
            return ReplaceEndpoints(view, before);
        }

        var old = Index(before?.Bundle.Endpoints);
        var spaces = IndexSpaces(before);
        return Sort(
            from space in view
            from service in space.Services.Items
            where service.ExternalName is null
            let oldSpace = spaces.GetValueOrDefault(space.Name)
            let isSameService = oldSpace?.FindService(service.Name) == service
            from port in service.Ports.Items
            let endpoints = space.FindEndpoints(service.Name, port.Number)
            let isUnchanged = isSameService && oldSpace?.FindEndpoints(service.Name, port.Number) == endpoints
            select Reuse(old, ResourceNames.Cluster(service.Name, port.Number), isUnchanged)
                ?? Leaf(EndpointBuilder.Build(service, port, endpoints), service, port));
    }

    // With the same services the resources are those of before, but for the endpoints that moved.
    private static ImmutableArray<NamedResource> ReplaceEndpoints(ImmutableArray<MeshNamespace> view, ResourceBundleBuild before)
    {
        var moved = before.View.Zip(view)
            .Where(pair => pair.First.Endpoints.Items != pair.Second.Endpoints.Items)
            .SelectMany(pair => pair.Second.Services.Items
                .Where(service => service.ExternalName is null)
                .SelectMany(service => service.Ports.Items.Select(port => (Service: service, Port: port)))
                .Select(entry => (
                    entry.Service,
                    entry.Port,
                    Old: pair.First.FindEndpoints(entry.Service.Name, entry.Port.Number),
                    New: pair.Second.FindEndpoints(entry.Service.Name, entry.Port.Number))))
            .Where(entry => entry.Old != entry.New)
            .ToDictionary(
                entry => ResourceNames.Cluster(entry.Service.Name, entry.Port.Number),
                entry => Leaf(EndpointBuilder.Build(entry.Service, entry.Port, entry.New), entry.Service, entry.Port),
                StringComparer.Ordinal);
        return moved.Count == 0
            ? before.Bundle.Endpoints
            : [.. before.Bundle.Endpoints.Select(resource => moved.TryGetValue(resource.Name, out var next) ? next : resource)];
    }

    private static Dictionary<string, MeshNamespace> IndexSpaces(ResourceBundleBuild? before) =>
        (before?.View ?? []).ToDictionary(space => space.Name, StringComparer.Ordinal);

    private static NamedResource? Reuse(Dictionary<string, NamedResource> old, string name, bool isUnchanged) =>
        isUnchanged && old.TryGetValue(name, out var resource) ? resource : null;

    private static NamedResource Leaf(IMessage message, Service service, ServicePort port) =>
        new(ResourceNames.Cluster(service.Name, port.Number), message, []);

    private static Dictionary<string, NamedResource> Index(ImmutableArray<NamedResource>? resources) =>
        (resources ?? []).ToDictionary(resource => resource.Name, StringComparer.Ordinal);

    private static ImmutableArray<NamedResource> Sort(IEnumerable<NamedResource> resources) =>
        [.. resources.OrderBy(resource => resource.Name, StringComparer.Ordinal)];
}

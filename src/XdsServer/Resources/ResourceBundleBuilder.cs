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
        if (before is not null && ReferenceEquals(before.State, state))
        {
            return before;
        }

        var services = state.Services.Items.Where(service => group.Sees(service.Name.Namespace)).ToImmutableArray();
        var routes = RouteTable.Make(services, state, group, options, before?.RouteTable);
        return new ResourceBundleBuild
        {
            Bundle = new ResourceBundle
            {
                Clusters = MakeClusters(services, group, options, before),
                Endpoints = MakeEndpoints(services, state, before),
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
            State = state,
            Group = group,
            Options = options,
            RouteTable = routes,
        };
    }

    private static ImmutableArray<NamedResource> MakeClusters(
        ImmutableArray<Service> services, NodeGroup group, ResourceOptions options, ResourceBundleBuild? before)
    {
        if (before is not null && AreSame(before.RouteTable.Services, services))
        {
            return before.Bundle.Clusters;
        }

        var old = Index(before?.Bundle.Clusters);
        return Sort(services.SelectMany(service =>
        {
            var isUnchanged = before?.State.FindService(service.Name) == service;
            return service.Ports.Items.Select(port =>
                Reuse(old, ResourceNames.Cluster(service.Name, port.Number), isUnchanged)
                ?? Leaf(ClusterBuilder.Build(service, port, group, options), service, port));
        }));
    }

    private static ImmutableArray<NamedResource> MakeEndpoints(
        ImmutableArray<Service> services, MeshState state, ResourceBundleBuild? before)
    {
        if (before is not null && AreSame(before.RouteTable.Services, services)
            && AreSame(before.State.Endpoints.Items, state.Endpoints.Items))
        {
            return before.Bundle.Endpoints;
        }

        var old = Index(before?.Bundle.Endpoints);
        return Sort(
            from service in services
            where service.ExternalName is null
            let isSameService = before?.State.FindService(service.Name) == service
            from port in service.Ports.Items
            let endpoints = state.FindEndpoints(service.Name, port.Number)
            let isUnchanged = isSameService && before?.State.FindEndpoints(service.Name, port.Number) == endpoints
            select Reuse(old, ResourceNames.Cluster(service.Name, port.Number), isUnchanged)
                ?? Leaf(EndpointBuilder.Build(service, port, endpoints), service, port));
    }

    // By reference: parts of a mesh that did not change are the instances of the mesh before.
    private static bool AreSame<T>(ImmutableArray<T> left, ImmutableArray<T> right)
        where T : class =>
        left.AsSpan().SequenceEqual(right.AsSpan(), ReferenceEqualityComparer.Instance);

    private static NamedResource? Reuse(Dictionary<string, NamedResource> old, string name, bool isUnchanged) =>
        isUnchanged && old.TryGetValue(name, out var resource) ? resource : null;

    private static NamedResource Leaf(IMessage message, Service service, ServicePort port) =>
        new(ResourceNames.Cluster(service.Name, port.Number), message, []);

    private static Dictionary<string, NamedResource> Index(ImmutableArray<NamedResource>? resources) =>
        (resources ?? []).ToDictionary(resource => resource.Name, StringComparer.Ordinal);

    private static ImmutableArray<NamedResource> Sort(IEnumerable<NamedResource> resources) =>
        [.. resources.OrderBy(resource => resource.Name, StringComparer.Ordinal)];
}

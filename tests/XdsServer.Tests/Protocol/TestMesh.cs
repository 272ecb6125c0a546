using System.Collections.Immutable;
using System.Globalization;
using Envoy.Config.Cluster.V3;
using Envoy.Config.Core.V3;
using Envoy.Config.Endpoint.V3;
using Envoy.Config.Listener.V3;
using Envoy.Config.Route.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Model;
using XdsCanary.XdsServer.Resources;
using XdsCanary.XdsServer.Snapshots;

namespace XdsCanary.XdsServer.Tests.Protocol;

/// <summary>
/// A small mesh to make snapshots of. Each resource has a revision, which is all that its content depends on beside its name and
/// what it refers to. Immutable.
/// </summary>
internal sealed record TestMesh
{
    public static NodeGroup Group { get; } = NodeGroup.Create("test", []);

    public static TestMesh Empty { get; } = new();

    public ImmutableSortedDictionary<string, int> Clusters { get; init; } = Sorted<int>();

    public ImmutableSortedDictionary<string, int> Endpoints { get; init; } = Sorted<int>();

    public ImmutableSortedDictionary<string, TestParent> Routes { get; init; } = Sorted<TestParent>();

    public ImmutableSortedDictionary<string, TestParent> Listeners { get; init; } = Sorted<TestParent>();

    /// <summary>Weights by service; what the routes' weights are is of no interest here.</summary>
    public ImmutableSortedDictionary<NamespacedName, ImmutableArray<RoutedWeight>> Weights { get; init; } =
        ImmutableSortedDictionary<NamespacedName, ImmutableArray<RoutedWeight>>.Empty;

    /// <summary>Services with a cluster and endpoints each, routes "routes" to all of them and the listener "web".</summary>
    public static TestMesh Of(params string[] services) =>
        services.Aggregate(Empty, (mesh, name) => mesh.WithService(name))
            .WithRoute("routes", 1, services)
            .WithListener("web", 1, "routes");

    public TestMesh WithService(string name, int cluster = 1, int endpoints = 1) => this with
    {
        Clusters = Clusters.SetItem(name, cluster),
        Endpoints = Endpoints.SetItem(name, endpoints),
    };

    public TestMesh WithoutService(string name) =>
        this with { Clusters = Clusters.Remove(name), Endpoints = Endpoints.Remove(name) };

    public TestMesh WithCluster(string name, int revision) => this with { Clusters = Clusters.SetItem(name, revision) };

    public TestMesh WithEndpoints(string name, int revision) => this with { Endpoints = Endpoints.SetItem(name, revision) };

    public TestMesh WithRoute(string name, int revision, params string[] clusters) =>
        this with { Routes = Routes.SetItem(name, TestParent.Of(revision, clusters)) };

    public TestMesh WithoutRoute(string name) => this with { Routes = Routes.Remove(name) };

    public TestMesh WithListener(string name, int revision, params string[] routes) =>
        this with { Listeners = Listeners.SetItem(name, TestParent.Of(revision, routes)) };

    public TestMesh WithoutListener(string name) => this with { Listeners = Listeners.Remove(name) };

    public TestMesh WithWeight(string service, uint weight) => this with
    {
        Weights = Weights.SetItem(new NamespacedName("test", service), [new RoutedWeight(service, service, weight)]),
    };

    public ResourceBundle ToBundle() => new()
    {
        Clusters = [.. Clusters.Select(item => new NamedResource(item.Key, ClusterOf(item.Key, item.Value), []))],
        Endpoints = [.. Endpoints.Select(item => new NamedResource(item.Key, AssignmentOf(item.Key, item.Value), []))],
        Listeners = [.. Listeners.Select(item => new NamedResource(item.Key, ListenerOf(item.Key, item.Value), item.Value.Uses))],
        Routes = [.. Routes.Select(item => new NamedResource(item.Key, RoutesOf(item.Key, item.Value), item.Value.Uses))],
        Weights = Weights,
    };

    public XdsSnapshot ToSnapshot(XdsSnapshot? previous = null) => SnapshotBuilder.Build(Group, ToBundle(), previous);

    private static ImmutableSortedDictionary<string, T> Sorted<T>() =>
        ImmutableSortedDictionary.Create<string, T>(StringComparer.Ordinal);

    private static Cluster ClusterOf(string name, int revision) => new()
    {
        Name = name,
        Type = Cluster.Types.DiscoveryType.Eds,
        EdsClusterConfig = new Cluster.Types.EdsClusterConfig
        {
            EdsConfig = new ConfigSource { Ads = new AggregatedConfigSource() },
        },
        ConnectTimeout = Duration.FromTimeSpan(TimeSpan.FromSeconds(revision)),
    };

    private static ClusterLoadAssignment AssignmentOf(string name, int revision) => new()
    {
        ClusterName = name,
        Policy = new ClusterLoadAssignment.Types.Policy { OverprovisioningFactor = (uint)revision },
    };

    private static RouteConfiguration RoutesOf(string name, TestParent parent)
    {
        var host = new VirtualHost { Name = parent.Revision.ToString(CultureInfo.InvariantCulture), Domains = { "*" } };
        host.Routes.Add(parent.Uses.Select(cluster => new Route { Route_ = new RouteAction { Cluster = cluster } }));
        return new RouteConfiguration { Name = name, VirtualHosts = { host } };
    }

    private static Listener ListenerOf(string name, TestParent parent) => new()
    {
        Name = name,
        StatPrefix = $"{parent.Revision}:{string.Join(',', parent.Uses)}",
    };
}

/// <summary>A resource that refers to others.</summary>
internal sealed record TestParent(int Revision, ImmutableArray<string> Uses)
{
    public static TestParent Of(int revision, IEnumerable<string> uses) =>
        new(revision, [.. uses.Distinct().Order(StringComparer.Ordinal)]);

    /// <summary>Reads back what a message refers to.</summary>
    public static IEnumerable<string> UsesOf(IMessage message) => message switch
    {
        RouteConfiguration routes => routes.VirtualHosts.SelectMany(host => host.Routes).Select(route => route.Route_.Cluster),
        Listener listener => listener.StatPrefix.Split(':')[1].Split(',', StringSplitOptions.RemoveEmptyEntries),
        _ => [],
    };
}

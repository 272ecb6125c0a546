using Envoy.Config.Cluster.V3;
using Google.Protobuf.WellKnownTypes;
using XdsCanary.XdsServer.Resources;
using XdsCanary.XdsServer.Snapshots;
using XdsCanary.XdsServer.Tests.Protocol;

namespace XdsCanary.XdsServer.Tests.Snapshots;

public sealed class SnapshotBuilderTests
{
    private static readonly TestMesh Mesh = TestMesh.Of("a", "b").WithWeight("a", 1);

    [Fact]
    public void Build_SameMessageInstance_SameResourceInstance()
    {
        var bundle = Mesh.ToBundle();
        var first = SnapshotBuilder.Build(TestMesh.Group, bundle, null);
        var touched = Mesh.WithCluster("b", 2).ToBundle();

        var second = SnapshotBuilder.Build(
            TestMesh.Group, bundle with { Clusters = [bundle.Clusters[0], touched.Clusters[1]] }, first);

        var (before, after) = (first.Get(ResourceType.Cluster), second.Get(ResourceType.Cluster));
        Assert.Same(before.Items[0], after.Items[0]);
        Assert.NotSame(before.Items[1], after.Items[1]);
        Assert.Same(first.Get(ResourceType.Endpoint), second.Get(ResourceType.Endpoint));
        Assert.Equal(2, second.Generation);
    }

    [Fact]
    public void Build_EqualContentInNewMessages_IsThePreviousSnapshot()
    {
        var first = Mesh.ToSnapshot();

        Assert.Same(first, Mesh.ToSnapshot(first));
    }

    [Fact]
    public void Build_OtherWeightsAlone_IsANewSnapshotOfTheSameResources()
    {
        var first = Mesh.ToSnapshot();

        var second = Mesh.WithWeight("a", 2).ToSnapshot(first);

        Assert.NotSame(first, second);
        Assert.Equal(first.Types, second.Types);
        Assert.Equal(2, second.Weights.Generation);
    }

    [Fact]
    public void Build_EqualWeightsInNewCollections_IsThePreviousSnapshot()
    {
        var first = Mesh.ToSnapshot();

        Assert.Same(first, Mesh.WithWeight("a", 2).WithWeight("a", 1).ToSnapshot(first));
    }

    [Fact]
    public void Build_ChangeTakenBack_HasTheFormerVersions()
    {
        var first = Mesh.ToSnapshot();

        var third = Mesh.ToSnapshot(Mesh.WithCluster("a", 2).ToSnapshot(first));

        Assert.Equal(first.Get(ResourceType.Cluster).Version, third.Get(ResourceType.Cluster).Version);
        Assert.Equal(3, third.Generation);
    }

    [Fact]
    public void Create_Cluster_IsPackedAndNamedForItsEndpoints()
    {
        var cluster = new Cluster { Name = "c", Type = Cluster.Types.DiscoveryType.Eds };
        var plain = VersionedResource.Create(new NamedResource("c", cluster, []));
        var named = cluster.Clone();
        named.EdsClusterConfig = new Cluster.Types.EdsClusterConfig { ServiceName = "s" };
        var fixedOne = new Cluster { Name = "c", Type = Cluster.Types.DiscoveryType.Static };

        Assert.Equal("c", plain.EndpointsName);
        Assert.Equal("s", VersionedResource.Create(new NamedResource("c", named, [])).EndpointsName);
        Assert.Null(VersionedResource.Create(new NamedResource("c", fixedOne, [])).EndpointsName);
        Assert.Equal(cluster, Any.Parser.ParseFrom(plain.Packed.Span).Unpack<Cluster>());
        Assert.Equal(22, plain.Version.Length);
    }

    [Fact]
    public void Create_SameContentUnderAnotherName_HasAnotherVersion()
    {
        var message = new Cluster { Name = "c" };

        Assert.NotEqual(
            VersionedResource.Create(new NamedResource("c", message, [])).Version,
            VersionedResource.Create(new NamedResource("d", message, [])).Version);
    }

    [Fact]
    public void Check_BrokenReferences_AreNamed()
    {
        var broken = Mesh.WithCluster("lonely", 1).WithRoute("routes", 1, "nobody").WithListener("web", 1, "nowhere");

        var faults = SnapshotConsistency.Check(broken.ToSnapshot());

        Assert.Equal(3, faults.Length);
        Assert.Contains(faults, fault => fault.Contains("lonely", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.Contains("nobody", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.Contains("nowhere", StringComparison.Ordinal));
    }

    [Fact]
    public void Get_UnknownType_IsEmpty() =>
        Assert.Empty(Mesh.ToSnapshot().Get(ResourceType.Of("type.googleapis.com/example.Unknown")).Items);

    [Fact]
    public void Of_TypeUrls_AreOrderedAndEqualByUrl()
    {
        ResourceType One() => ResourceType.Of("type.googleapis.com/one");

        Assert.Equal(One(), One());
        Assert.Equal(One().GetHashCode(), One().GetHashCode());
        Assert.NotEqual(One(), ResourceType.Of("type.googleapis.com/two"));
        Assert.Same(ResourceType.Route, ResourceType.Of(ResourceType.Route.TypeUrl));
        Assert.Equal(
            [ResourceType.Cluster, ResourceType.Endpoint, ResourceType.Listener, ResourceType.Route, One()],
            new[] { One(), ResourceType.Route, ResourceType.Listener, ResourceType.Endpoint, ResourceType.Cluster }.Order());
        Assert.False(One().IsKnown);
    }
}

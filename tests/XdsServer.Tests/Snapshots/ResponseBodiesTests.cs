using Envoy.Service.Discovery.V3;
using XdsCanary.XdsServer.Protocol;
using XdsCanary.XdsServer.Snapshots;
using XdsCanary.XdsServer.Tests.Protocol;

namespace XdsCanary.XdsServer.Tests.Snapshots;

public sealed class ResponseBodiesTests
{
    private readonly TypedResources _clusters = TestMesh.Of("a", "b", "c").ToSnapshot().Get(ResourceType.Cluster);

    [Fact]
    public void Sotw_SameRequest_SameBytes()
    {
        var first = _clusters.Bodies.Sotw(_clusters, _clusters.Items, _clusters.Version);

        Assert.Same(first, _clusters.Bodies.Sotw(_clusters, _clusters.Items, _clusters.Version));
        Assert.Same(first, _clusters.Bodies.Sotw(_clusters, [.. _clusters.Items], _clusters.Version));
        Assert.NotSame(first, _clusters.Bodies.Sotw(_clusters, _clusters.Items, "other"));
        Assert.NotSame(first, _clusters.Bodies.Sotw(_clusters, _clusters.Items[1..], _clusters.Version));
    }

    [Fact]
    public void Delta_SameRequest_SameBytes()
    {
        var first = _clusters.Bodies.Delta(_clusters, _clusters.Items, ["x"]);

        Assert.Same(first, _clusters.Bodies.Delta(_clusters, [.. _clusters.Items], ["x"]));
        Assert.NotSame(first, _clusters.Bodies.Delta(_clusters, _clusters.Items, []));
        Assert.NotSame(first, _clusters.Bodies.Delta(_clusters, _clusters.Items, ["y"]));
        Assert.NotSame(first, _clusters.Bodies.Delta(_clusters, _clusters.Items[1..], ["x"]));
    }

    [Fact]
    public void Streams_InTheSamePlace_ShareTheBytes()
    {
        var mesh = TestMesh.Of("a", "b");
        var snapshot = mesh.ToSnapshot();
        var next = mesh.WithEndpoints("a", 2).ToSnapshot(snapshot);

        var bodies = Enumerable.Range(0, 2).Select(_ =>
        {
            var stream = ModelStream.Open(XdsVariant.Delta, snapshot);
            stream.Open(ResourceType.Endpoint);
            return PushPlanner.Next(stream.State with { Snapshot = next }, stream.Now).Response!.Body;
        }).ToArray();

        Assert.Same(bodies[0], bodies[1]);
    }

    [Fact]
    public void Bodies_AboveTheirCapacity_AreStillRight()
    {
        for (var i = 0; i < 1000; i++)
        {
            var body = _clusters.Bodies.Delta(_clusters, [], [$"removed-{i}"]);
            Assert.Equal([$"removed-{i}"], DeltaDiscoveryResponse.Parser.ParseFrom(body.Bytes.Span).RemovedResources);
        }
    }

    [Fact]
    public void Sotw_Bytes_AreWhatTheGeneratedCodeWrites()
    {
        var body = ResponseBody.Sotw(ResourceType.Cluster, _clusters.Items, "v");

        var message = DiscoveryResponse.Parser.ParseFrom(body.Bytes.Span);

        Assert.Equal(("v", ResourceType.Cluster.TypeUrl, 3), (message.VersionInfo, message.TypeUrl, message.Resources.Count));
        Assert.Equal(message.CalculateSize(), body.Bytes.Length);
    }

    [Fact]
    public void Delta_Bytes_AreWhatTheGeneratedCodeWrites()
    {
        var longName = new string('ü', 300);

        var body = ResponseBody.Delta(_clusters, _clusters.Items, ["x", longName]);

        var message = DeltaDiscoveryResponse.Parser.ParseFrom(body.Bytes.Span);
        Assert.Equal((_clusters.Version, ResourceType.Cluster.TypeUrl), (message.SystemVersionInfo, message.TypeUrl));
        Assert.Equal(_clusters.Items.Select(item => (item.Name, item.Version)), message.Resources.Select(item => (item.Name, item.Version)));
        Assert.Equal(["x", longName], message.RemovedResources);
        Assert.Equal(message.CalculateSize(), body.Bytes.Length);
    }

    [Fact]
    public void Bytes_OfNothing_AreAValidResponse()
    {
        var none = ResourceType.Of("type.googleapis.com/example.Unknown").NoResources;

        var message = DeltaDiscoveryResponse.Parser.ParseFrom(ResponseBody.Delta(none, [], []).Bytes.Span);

        Assert.Equal("type.googleapis.com/example.Unknown", message.TypeUrl);
        Assert.Empty(message.Resources);
    }
}

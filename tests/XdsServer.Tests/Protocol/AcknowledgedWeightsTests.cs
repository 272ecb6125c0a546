using XdsCanary.XdsServer.Snapshots;

namespace XdsCanary.XdsServer.Tests.Protocol;

/// <summary>Which weights a stream's client is known to route by.</summary>
public sealed class AcknowledgedWeightsTests
{
    private static readonly TestMesh Mesh = TestMesh.Of("a").WithRoute("other", 1, "a").WithWeight("a", 100);

    [Fact]
    public void Weights_are_live_once_their_routes_are_accepted()
    {
        var stream = ModelStream.Delta(Mesh);
        stream.Open(ResourceType.Route, "routes");
        var before = stream.State.Snapshot!.Weights;

        var reply = Assert.Single(stream.Publish(Mesh.WithRoute("routes", 2, "a").WithWeight("a", 50)));
        Assert.Same(before, stream.Of(ResourceType.Route).AckedWeights);
        stream.Ack(reply);

        Assert.Same(stream.State.Snapshot.Weights, stream.Of(ResourceType.Route).AckedWeights);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Weights_of_routes_that_the_client_does_not_use_are_live_at_once(bool delta)
    {
        var stream = delta ? ModelStream.Delta(Mesh) : ModelStream.Sotw(Mesh);
        stream.Open(ResourceType.Route, "routes");

        Assert.Empty(stream.Publish(Mesh.WithRoute("other", 2, "a").WithWeight("a", 50)));

        Assert.Same(stream.State.Snapshot!.Weights, stream.Of(ResourceType.Route).AckedWeights);
    }

    [Fact]
    public void Weights_of_a_snapshot_with_the_same_routes_are_live_at_once()
    {
        var stream = ModelStream.Delta(Mesh);
        stream.Open(ResourceType.Route, "routes");

        Assert.Empty(stream.Publish(Mesh.WithWeight("a", 1)));

        Assert.Equal(2, stream.Of(ResourceType.Route).AckedWeights!.Generation);
    }

    [Fact]
    public void Weights_are_not_live_while_their_routes_are_rejected()
    {
        var stream = ModelStream.Delta(Mesh);
        stream.Open(ResourceType.Route, "routes");
        var before = stream.Of(ResourceType.Route).AckedWeights;

        stream.Nack(Assert.Single(stream.Publish(Mesh.WithRoute("routes", 2, "a").WithWeight("a", 50))));
        stream.Publish(Mesh.WithRoute("routes", 2, "a").WithEndpoints("a", 3).WithWeight("a", 50));

        Assert.Same(before, stream.Of(ResourceType.Route).AckedWeights);
    }

    [Fact]
    public void Weights_of_a_rejected_route_are_not_live_because_another_route_is_accepted()
    {
        var stream = ModelStream.Delta(Mesh);
        stream.Open(ResourceType.Route, "routes", "other");
        var before = stream.Of(ResourceType.Route).AckedWeights;
        var rejected = Mesh.WithRoute("routes", 2, "a").WithWeight("a", 50);
        stream.Nack(Assert.Single(stream.Publish(rejected)));

        stream.Ack(Assert.Single(stream.Publish(rejected.WithRoute("other", 2, "a"))));
        Assert.Same(before, stream.Of(ResourceType.Route).AckedWeights);
        stream.Ack(Assert.Single(stream.Publish(Mesh.WithRoute("routes", 3, "a").WithRoute("other", 2, "a"))));

        Assert.Same(stream.State.Snapshot!.Weights, stream.Of(ResourceType.Route).AckedWeights);
    }
}

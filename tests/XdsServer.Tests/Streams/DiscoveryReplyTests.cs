using System.Buffers;
using Envoy.Service.Discovery.V3;
using Grpc.Core;
using XdsCanary.XdsServer.Snapshots;
using XdsCanary.XdsServer.Streams;
using XdsCanary.XdsServer.Tests.Protocol;

namespace XdsCanary.XdsServer.Tests.Streams;

public sealed class DiscoveryReplyTests
{
    private readonly TypedResources _clusters = TestMesh.Of("a", "b").ToSnapshot().Get(ResourceType.Cluster);

    [Fact]
    public void Marshaller_Sotw_IsADiscoveryResponse()
    {
        var body = _clusters.Bodies.Sotw(_clusters, _clusters.Items, "v");

        var message = DiscoveryResponse.Parser.ParseFrom(
            Write(new DiscoveryReply(body, "12", DiscoveryReply.ControlPlaneField("replica-1", delta: false))));

        Assert.Equal(("12", "v", "replica-1"), (message.Nonce, message.VersionInfo, message.ControlPlane.Identifier));
        Assert.Equal(ResourceType.Cluster.TypeUrl, message.TypeUrl);
        Assert.Equal(2, message.Resources.Count);
    }

    [Fact]
    public void Marshaller_Delta_IsADeltaDiscoveryResponse()
    {
        var body = _clusters.Bodies.Delta(_clusters, _clusters.Items, ["gone"]);
        var identifier = new string('ü', 100);

        var message = DeltaDiscoveryResponse.Parser.ParseFrom(
            Write(new DiscoveryReply(body, "1234567890", DiscoveryReply.ControlPlaneField(identifier, delta: true))));

        Assert.Equal(("1234567890", identifier), (message.Nonce, message.ControlPlane.Identifier));
        Assert.Equal(_clusters.Version, message.SystemVersionInfo);
        Assert.Equal(["gone"], message.RemovedResources);
        Assert.Equal(["a", "b"], message.Resources.Select(resource => resource.Name));
    }

    [Fact]
    public void Marshaller_WithoutIdentifier_LeavesItOut()
    {
        var body = _clusters.Bodies.Sotw(_clusters, [], "v");

        Assert.Null(DiscoveryResponse.Parser.ParseFrom(Write(new DiscoveryReply(body, "1", default))).ControlPlane);
    }

    private static byte[] Write(DiscoveryReply reply)
    {
        var context = new BufferContext();
        DiscoveryReply.Marshaller.ContextualSerializer(reply, context);
        Assert.Equal(context.Announced, context.Buffer.WrittenCount);
        Assert.True(context.IsComplete);
        return context.Buffer.WrittenSpan.ToArray();
    }

    private sealed class BufferContext : SerializationContext
    {
        public ArrayBufferWriter<byte> Buffer { get; } = new();

        public int Announced { get; private set; }

        public bool IsComplete { get; private set; }

        public override void SetPayloadLength(int payloadLength) => Announced = payloadLength;

        public override IBufferWriter<byte> GetBufferWriter() => Buffer;

        public override void Complete() => IsComplete = true;
    }
}

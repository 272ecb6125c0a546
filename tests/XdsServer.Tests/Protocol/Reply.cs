using System.Collections.Immutable;
using Envoy.Config.Cluster.V3;
using Envoy.Config.Endpoint.V3;
using Envoy.Config.Listener.V3;
using Envoy.Config.Route.V3;
using Envoy.Service.Discovery.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using XdsCanary.XdsServer.Protocol;
using XdsCanary.XdsServer.Snapshots;

namespace XdsCanary.XdsServer.Tests.Protocol;

/// <summary>A resource as a client reads it; delta alone gives it a version.</summary>
internal sealed record ReplyResource(string Name, string? Version, Any Packed, IMessage Message);

/// <summary>A response as a client reads it from the bytes.</summary>
internal sealed record Reply(
    ResourceType Type, string Nonce, string Version, ImmutableArray<ReplyResource> Resources, ImmutableArray<string> Removed)
{
    /// <summary>The names of the resources, in order of name.</summary>
    public IEnumerable<string> Names => Resources.Select(resource => resource.Name).Order(StringComparer.Ordinal);

    /// <summary>Reads a response with the generated parsers and checks what no response may break .</summary>
    public static Reply Read(PlannedResponse response, XdsVariant variant)
    {
        var nonce = new byte[] { 0x2a, (byte)response.Nonce.Length }.Concat(response.Nonce.Select(digit => (byte)digit));
        byte[] bytes = [.. response.Body.Bytes.ToArray(), .. nonce];
        var reply = variant == XdsVariant.Delta ? ReadDelta(bytes) : ReadSotw(bytes);
        var names = reply.Resources.Select(resource => resource.Name).Concat(reply.Removed).ToArray();
        Assert.Equal(names.Distinct(), names);
        Assert.All(reply.Resources, resource => Assert.Equal(reply.Type.TypeUrl, resource.Packed.TypeUrl));
        Assert.NotEmpty(reply.Version);
        Assert.Equal(response.Nonce, reply.Nonce);
        Assert.Equal(response.Body.Resources, reply.Resources.Length);
        Assert.Equal(response.Body.Removed, reply.Removed.Length);
        return reply;
    }

    private static Reply ReadSotw(byte[] bytes)
    {
        var message = DiscoveryResponse.Parser.ParseFrom(bytes);
        return new Reply(
            ResourceType.Of(message.TypeUrl),
            message.Nonce,
            message.VersionInfo,
            [.. message.Resources.Select(any => Unpack(null, any))],
            []);
    }

    private static Reply ReadDelta(byte[] bytes)
    {
        var message = DeltaDiscoveryResponse.Parser.ParseFrom(bytes);
        var resources = message.Resources.Select(item => Unpack(item.Version, item.Resource_)).ToImmutableArray();
        Assert.Equal(message.Resources.Select(item => item.Name), resources.Select(item => item.Name));
        Assert.DoesNotContain(string.Empty, message.Resources.Select(item => item.Version));
        return new Reply(
            ResourceType.Of(message.TypeUrl), message.Nonce, message.SystemVersionInfo, resources, [.. message.RemovedResources]);
    }

    private static ReplyResource Unpack(string? version, Any any)
    {
        IMessage message = ResourceType.Of(any.TypeUrl).Label switch
        {
            "cds" => any.Unpack<Cluster>(),
            "eds" => any.Unpack<ClusterLoadAssignment>(),
            "lds" => any.Unpack<Listener>(),
            _ => any.Unpack<RouteConfiguration>(),
        };
        var name = message switch
        {
            Cluster cluster => cluster.Name,
            ClusterLoadAssignment assignment => assignment.ClusterName,
            Listener listener => listener.Name,
            RouteConfiguration routes => routes.Name,
            _ => throw new InvalidOperationException(),
        };
        return new ReplyResource(name, version, any, message);
    }
}

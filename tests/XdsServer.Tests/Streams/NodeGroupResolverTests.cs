using Envoy.Config.Core.V3;
using Google.Protobuf.WellKnownTypes;
using XdsCanary.XdsServer.Streams;

namespace XdsCanary.XdsServer.Tests.Streams;

public sealed class NodeGroupResolverTests
{
    [Theory]
    [InlineData("{}", "", "default", "")]
    [InlineData("{}", "shop/web", "shop", "")]
    [InlineData("{}", "web", "default", "")]
    [InlineData("{}", "/web", "default", "")]
    [InlineData("""{"namespace":"pay"}""", "shop/web", "pay", "")]
    [InlineData("""{"namespace":""}""", "shop/web", "shop", "")]
    [InlineData("""{"namespace":7}""", "shop/web", "shop", "")]
    [InlineData("""{"namespaces":["b","a","b"]}""", "shop/web", "shop", "a,b")]
    [InlineData("""{"namespaces":["shop","a"]}""", "shop/web", "shop", "a")]
    [InlineData("""{"namespaces":["a","*"]}""", "shop/web", "shop", "*")]
    [InlineData("""{"namespaces":"*"}""", "shop/web", "shop", "*")]
    [InlineData("""{"namespaces":[1,"",null,"a"]}""", "shop/web", "shop", "a")]
    [InlineData("""{"namespaces":{"a":1}}""", "shop/web", "shop", "")]
    public void Resolve_NodeFields_GiveTheGroup(string metadata, string cluster, string ownNamespace, string visible)
    {
        var node = new Node { Cluster = cluster, Metadata = Struct.Parser.ParseJson(metadata) };

        var group = NodeGroupResolver.Resolve(node, "default");

        Assert.Equal((ownNamespace, visible), (group.Namespace, group.Visible));
    }

    [Fact]
    public void Resolve_NodeWithoutMetadata_IsOfTheDefault() =>
        Assert.Equal("default", NodeGroupResolver.Resolve(new Node { Id = "n" }, "default").ToString());
}

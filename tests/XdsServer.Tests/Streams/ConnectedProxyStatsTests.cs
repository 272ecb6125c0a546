using Envoy.Config.Core.V3;
using Google.Protobuf.WellKnownTypes;
using XdsCanary.XdsServer.Model;
using XdsCanary.XdsServer.Protocol;
using XdsCanary.XdsServer.Streams;

namespace XdsCanary.XdsServer.Tests.Streams;

public sealed class ConnectedProxyStatsTests
{
    private readonly StreamRegistry _registry = new(TimeProvider.System);

    [Theory]
    [InlineData("9901", "ipv4:10.0.0.7:50000", "http://10.0.0.7:9901/")]
    [InlineData(":9901", "ipv6:[fd00::7]:50000", "http://[fd00::7]:9901/")]
    [InlineData("0.0.0.0:9901", "ipv6:[::ffff:10.0.0.7]:50000", "http://10.0.0.7:9901/")]
    [InlineData("[::]:9901", "ipv4:10.0.0.7:50000", "http://10.0.0.7:9901/")]
    [InlineData("10.0.0.7:9901", "ipv4:10.0.0.7:50000", "http://10.0.0.7:9901/")]
    [InlineData("10.0.0.8:9901", "ipv4:10.0.0.7:50000", null)]
    [InlineData("envoy.internal:9901", "ipv4:10.0.0.7:50000", null)]
    [InlineData("127.0.0.1:9901", "ipv4:127.0.0.1:50000", "http://127.0.0.1:9901/")]
    [InlineData("127.0.0.1:9901", "ipv4:10.0.0.7:50000", null)]
    [InlineData("", "ipv4:10.0.0.7:50000", null)]
    [InlineData("9901", "unknown", null)]
    [InlineData("0", "ipv4:10.0.0.7:50000", null)]
    [InlineData("a/b:9901", "ipv4:10.0.0.7:50000", null)]
    [InlineData("user@host:9901", "ipv4:10.0.0.7:50000", null)]
    [InlineData("99010", "ipv4:10.0.0.7:50000", null)]
    public void Admin_address_is_what_the_proxy_says_seen_from_here(string admin, string peer, string? expected) =>
        Assert.Equal(expected, ProxyAdminAddress.Find(admin, peer)?.AbsoluteUri);

    [Fact]
    public void Connected_proxies_and_configured_addresses_are_listed_once()
    {
        var stats = new ConnectedProxyStats(_registry, [new Uri("http://10.0.0.9:9901"), new Uri("http://10.0.0.7:9901")]);
        Connect("10.0.0.7", Value.ForNumber(9901));
        Connect("10.0.0.7", Value.ForString("9901"));
        var leaving = Connect("10.0.0.8", Value.ForString("0.0.0.0:9902"));
        Connect("10.0.0.6", null);
        stats.Add(new Uri("http://10.0.0.9:1"));

        Assert.Equal(
            ["http://10.0.0.7:9901/", "http://10.0.0.8:9902/", "http://10.0.0.9:1/", "http://10.0.0.9:9901/"],
            stats.Proxies.Select(proxy => proxy.Address.AbsoluteUri));

        _registry.Close(leaving);

        Assert.DoesNotContain(stats.Proxies, proxy => proxy.Address.Host == "10.0.0.8");
    }

    [Fact]
    public void Namespace_is_the_one_that_the_proxy_is_served_for_and_unknown_where_nothing_but_the_settings_name_it()
    {
        var stats = new ConnectedProxyStats(_registry, [new Uri("http://10.0.0.9:9901"), new Uri("http://10.0.0.7:9901")]);
        Connect("10.0.0.7", Value.ForNumber(9901), "shop");
        Connect("10.0.0.8", Value.ForNumber(9901), "staging");

        Assert.Equal(
            [("10.0.0.7", "shop"), ("10.0.0.8", "staging"), ("10.0.0.9", null)],
            stats.Proxies.Select(proxy => (proxy.Address.Host, proxy.Namespace)));
    }

    private StreamRecord Connect(string address, Value? admin, string ns = "default")
    {
        var node = new Node { Id = "envoy", Cluster = "test", Metadata = new Struct() };
        if (admin is not null)
        {
            node.Metadata.Fields["admin"] = admin;
        }

        var record = _registry.Open(
            $"ipv4:{address}:50000", new StreamState(XdsVariant.Delta, ProtocolSettings.Default, TimeSpan.Zero));
        record.Node = NodeIdentity.Of(node, NodeGroup.Create(ns, []));
        return record;
    }
}

using Envoy.Config.Cluster.V3;
using Envoy.Config.Endpoint.V3;
using Envoy.Service.Discovery.V3;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Xunit.Sdk;
using XdsCanary.TestKit.Model;

namespace XdsCanary.EndToEnd.Tests.Kit;

/// <summary>The model client says on the wire what the protocol wants, or the protocol tests prove nothing.</summary>
public sealed class ModelClientTests
{
    [Fact]
    public async Task Sotw_acknowledges_with_version_nonce_and_names_and_sends_its_node_once()
    {
        await using var server = await ScriptedAdsServer.StartAsync();
        await using var client = SotwModelClient.Connect(server.Port, ModelNode.Create("shop", "*"));
        await client.SubscribeAsync(TypeUrls.Endpoint, "a", "b");
        await server.RespondAsync(Sotw("v1", "1", Endpoints("a")));

        await client.AckAsync(await client.ReceiveAsync());

        var first = await server.RequestAsync();
        Assert.Equal("shop", first.Node.Metadata.Fields["namespace"].StringValue);
        var ack = await server.RequestAsync();
        Assert.Null(ack.Node);
        Assert.Equal(["a", "b"], ack.ResourceNames);
        Assert.Equal(("v1", "1", TypeUrls.Endpoint), (ack.VersionInfo, ack.ResponseNonce, ack.TypeUrl));
        Assert.Equal("v1", client.Held(TypeUrls.Endpoint)["a"].Version);
        Assert.Equal("a", client.Held(TypeUrls.Endpoint)["a"].As<ClusterLoadAssignment>().ClusterName);
    }

    [Fact]
    public async Task Sotw_rejects_with_the_version_it_keeps()
    {
        await using var server = await ScriptedAdsServer.StartAsync();
        await using var client = SotwModelClient.Connect(server.Port);
        await client.SubscribeAsync(TypeUrls.Cluster);
        await server.RespondAsync(Sotw("v1", "1", Cluster("a")));
        await client.AckAsync(await client.ReceiveAsync());
        await server.RespondAsync(Sotw("v2", "2", Cluster("b")));

        await client.NackAsync(await client.ReceiveAsync(), "no");

        await server.RequestAsync();
        await server.RequestAsync();
        var nack = await server.RequestAsync();
        Assert.Equal(("v1", "2", "no"), (nack.VersionInfo, nack.ResponseNonce, nack.ErrorDetail.Message));
        Assert.Equal(["a"], client.Held(TypeUrls.Cluster).Keys);
    }

    [Fact]
    public async Task Sotw_holds_clusters_as_a_whole_and_endpoints_one_by_one()
    {
        await using var server = await ScriptedAdsServer.StartAsync();
        await using var client = SotwModelClient.Connect(server.Port);
        client.AutoAck = true;
        await client.SubscribeAsync(TypeUrls.Cluster);

        await server.RespondAsync(Sotw("v1", "1", Cluster("a"), Cluster("b")));
        await server.RespondAsync(Sotw("v2", "2", Cluster("b")));
        await server.RespondAsync(Sotw("v1", "1", Endpoints("a"), Endpoints("b")));
        await server.RespondAsync(Sotw("v2", "2", Endpoints("b")));

        for (var request = 0; request < 5; request++)
        {
            await server.RequestAsync();
        }

        Assert.Equal(["b"], client.Held(TypeUrls.Cluster).Keys);
        Assert.Equal(["v1", "v2"], client.Held(TypeUrls.Endpoint).Values.Select(held => held.Version));
    }

    [Fact]
    public async Task Delta_acknowledges_by_nonce_and_takes_removals()
    {
        await using var server = await ScriptedAdsServer.StartAsync();
        await using var client = DeltaModelClient.Connect(server.Port);
        client.AutoAck = true;
        await client.ChangeAsync(TypeUrls.Cluster, ["*"], [], new Dictionary<string, string> { ["old"] = "v0" });
        await server.RespondAsync(Delta("1", [("a", "va"), ("b", "vb")], []));
        await server.RespondAsync(Delta("2", [], ["a"]));

        var first = await server.DeltaRequestAsync();
        Assert.NotNull(first.Node);
        Assert.Equal("v0", first.InitialResourceVersions["old"]);
        Assert.Equal("1", (await server.DeltaRequestAsync()).ResponseNonce);
        Assert.Equal("2", (await server.DeltaRequestAsync()).ResponseNonce);
        Assert.Equal(new Dictionary<string, string> { ["b"] = "vb" }, client.HeldVersions(TypeUrls.Cluster));
    }

    [Fact]
    public async Task Responses_are_taken_by_type()
    {
        await using var server = await ScriptedAdsServer.StartAsync();
        await using var client = SotwModelClient.Connect(server.Port);
        await client.SubscribeAsync(TypeUrls.Cluster);
        await server.RespondAsync(Sotw("v1", "1", Cluster("a")));
        await server.RespondAsync(Sotw("v1", "1", Endpoints("a")));

        Assert.Equal(TypeUrls.Endpoint, (await client.ReceiveAsync(TypeUrls.Endpoint)).TypeUrl);
        Assert.Equal(TypeUrls.Cluster, (await client.ReceiveAsync()).TypeUrl);
        await Assert.ThrowsAsync<FailException>(() => client.ReceiveAsync(timeout: TimeSpan.FromMilliseconds(50)));
    }

    [Fact]
    public async Task Silence_is_told_from_a_late_response()
    {
        await using var server = await ScriptedAdsServer.StartAsync();
        await using var client = SotwModelClient.Connect(server.Port);
        await server.RespondAsync(Sotw("v1", "1", Cluster("a")));

        async Task PushAsync() => await server.RespondAsync(new DiscoveryResponse { TypeUrl = TypeUrls.Secret, Nonce = "1" });

        await client.SubscribeAsync(TypeUrls.Cluster);
        await client.ExpectSilenceAsync(TypeUrls.Endpoint, PushAsync);
        await Assert.ThrowsAsync<TrueException>(() => client.ExpectSilenceAsync(TypeUrls.Cluster, PushAsync));
    }

    [Fact]
    public async Task End_of_the_stream_is_told_with_its_status()
    {
        await using var server = await ScriptedAdsServer.StartAsync();
        await using var client = DeltaModelClient.Connect(server.Port);
        await client.SubscribeAsync(TypeUrls.Cluster);

        server.EndStreams(new Status(StatusCode.Unavailable, "stopping"));

        Assert.Equal(StatusCode.Unavailable, (await client.EndsAsync()).StatusCode);
        await Assert.ThrowsAsync<RpcException>(() => client.ReceiveAsync());
    }

    private static Any Cluster(string name) => Packed(TypeUrls.Cluster, new Cluster { Name = name });

    private static Any Endpoints(string name) => Packed(TypeUrls.Endpoint, new ClusterLoadAssignment { ClusterName = name });

    private static Any Packed(string typeUrl, Google.Protobuf.IMessage message)
    {
        var packed = Any.Pack(message);
        Assert.Equal(typeUrl, packed.TypeUrl);
        return packed;
    }

    private static DiscoveryResponse Sotw(string version, string nonce, params Any[] resources) => new()
    {
        TypeUrl = resources[0].TypeUrl,
        VersionInfo = version,
        Nonce = nonce,
        Resources = { resources },
    };

    private static DeltaDiscoveryResponse Delta(string nonce, (string Name, string Version)[] resources, string[] removed)
    {
        var items = resources.Select(item => new Resource
        {
            Name = item.Name,
            Version = item.Version,
            Resource_ = Cluster(item.Name),
        });
        return new DeltaDiscoveryResponse
        {
            TypeUrl = TypeUrls.Cluster,
            Nonce = nonce,
            Resources = { items },
            RemovedResources = { removed },
        };
    }
}

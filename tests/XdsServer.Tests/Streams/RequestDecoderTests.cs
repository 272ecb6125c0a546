using Envoy.Service.Discovery.V3;
using Grpc.Core;
using XdsCanary.XdsServer.Protocol;
using XdsCanary.XdsServer.Snapshots;
using XdsCanary.XdsServer.Streams;

namespace XdsCanary.XdsServer.Tests.Streams;

public sealed class RequestDecoderTests
{
    private readonly RequestDecoder _decoder = new(new NameSetPool());

    [Fact]
    public void A_X_05_An_empty_type_url_is_an_invalid_argument()
    {
        AssertStatus(StatusCode.InvalidArgument, () => _decoder.Decode(new DiscoveryRequest()));
        AssertStatus(StatusCode.InvalidArgument, () => _decoder.Decode(new DeltaDiscoveryRequest()));
    }

    [Fact]
    public void R_6_4_Locators_are_unimplemented()
    {
        var url = ResourceType.Cluster.TypeUrl;
        var sotw = new DiscoveryRequest { TypeUrl = url, ResourceLocators = { new ResourceLocator() } };
        var subscribe = new DeltaDiscoveryRequest { TypeUrl = url, ResourceLocatorsSubscribe = { new ResourceLocator() } };
        var unsubscribe = new DeltaDiscoveryRequest { TypeUrl = url, ResourceLocatorsUnsubscribe = { new ResourceLocator() } };

        AssertStatus(StatusCode.Unimplemented, () => _decoder.Decode(sotw));
        AssertStatus(StatusCode.Unimplemented, () => _decoder.Decode(subscribe));
        AssertStatus(StatusCode.Unimplemented, () => _decoder.Decode(unsubscribe));
    }

    [Fact]
    public void Decode_Sotw_SplitsTheStarFromTheNames()
    {
        var input = _decoder.Decode(new DiscoveryRequest
        {
            TypeUrl = ResourceType.Endpoint.TypeUrl,
            ResponseNonce = "7",
            ResourceNames = { "b", "*", "a", "b", "*" },
            ErrorDetail = new Google.Rpc.Status { Code = 3, Message = "no" },
        });

        Assert.Same(ResourceType.Endpoint, input.Type);
        Assert.Equal(("7", new Rejection(3, "no"), true), (input.Nonce, input.Error, input.Star));
        Assert.Equal("a, b", input.Names.ToString());
    }

    [Fact]
    public void Decode_Delta_SplitsTheStarsFromTheNames()
    {
        var input = _decoder.Decode(new DeltaDiscoveryRequest
        {
            TypeUrl = ResourceType.Endpoint.TypeUrl,
            ResourceNamesSubscribe = { "b", "*" },
            ResourceNamesUnsubscribe = { "a" },
            InitialResourceVersions = { ["b"] = "1" },
        });

        Assert.Equal((true, "b", false, "a"), (
            input.Change.SubscribeStar,
            input.Change.Subscribe.ToString(),
            input.Change.UnsubscribeStar,
            input.Change.Unsubscribe.ToString()));
        Assert.Equal("1", input.InitialVersions["b"]);
        Assert.Null(input.Error);
    }

    [Fact]
    public void Decode_AnErrorWithoutCodeAndMessage_IsARejection()
    {
        var request = new DiscoveryRequest { TypeUrl = ResourceType.Cluster.TypeUrl, ErrorDetail = new Google.Rpc.Status() };

        Assert.NotNull(_decoder.Decode(request).Error);
    }

    [Fact]
    public void A_X_45_Many_and_long_names_are_taken_in()
    {
        var request = new DiscoveryRequest { TypeUrl = ResourceType.Endpoint.TypeUrl };
        request.ResourceNames.Add(Enumerable.Range(0, 100_000).Select(i => $"name-{i % 50_000}"));
        request.ResourceNames.Add(new string('x', 1 << 20));

        Assert.Equal(50_001, _decoder.Decode(request).Names.Count);
    }

    private static void AssertStatus(StatusCode status, Func<object> decode) =>
        Assert.Equal(status, Assert.Throws<RpcException>(decode).StatusCode);
}

using System.Collections.Immutable;
using Envoy.Config.Core.V3;
using Envoy.Service.Discovery.V3;
using Grpc.Core;
using Grpc.Net.Client;
using RpcStatus = Google.Rpc.Status;

namespace XdsCanary.TestKit.Model;

/// <summary>A model client of the state-of-the-world variant, on the aggregated stream.</summary>
public sealed class SotwModelClient : ModelClient<DiscoveryRequest, DiscoveryResponse>
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, TypeState> _types = new(StringComparer.Ordinal);
    private Node? _node;

    private SotwModelClient(
        GrpcChannel? ownChannel,
        CancellationTokenSource life,
        AsyncDuplexStreamingCall<DiscoveryRequest, DiscoveryResponse> call,
        Node node)
        : base(ownChannel, life, call)
    {
        _node = node;
        StartReading();
    }

    /// <summary>Opens a stream on a connection of its own.</summary>
    public static SotwModelClient Connect(int port, Node? node = null) =>
        Open(ModelChannel.Connect(port), node, ownsChannel: true);

    /// <summary>Opens a stream on a shared connection.</summary>
    public static SotwModelClient Open(GrpcChannel channel, Node? node = null) => Open(channel, node, ownsChannel: false);

    /// <summary>
    /// Asks for the names of a type: all it wants from now on. Without names it asks for none, or at first for all.
    /// </summary>
    public async Task SubscribeAsync(string typeUrl, params string[] names)
    {
        var state = Update(typeUrl, old => old with { Names = [.. names] });
        await SendAsync(Request(typeUrl, state, state.LastNonce));
    }

    /// <inheritdoc/>
    public override async Task AckAsync(DiscoveryResponse response)
    {
        var state = Update(response.TypeUrl, old => old with { AcceptedVersion = response.VersionInfo });
        Hold(response.TypeUrl, held =>
        {
            var kept = TypeUrls.IsFullState(response.TypeUrl) ? held.Clear() : held;
            return kept.SetItems(response.Resources
                .Select(item => HeldResource.Read(item, response.VersionInfo))
                .Select(read => KeyValuePair.Create(read.Name, read.Resource)));
        });
        await SendAsync(Request(response.TypeUrl, state, response.Nonce));
    }

    /// <inheritdoc/>
    public override async Task NackAsync(DiscoveryResponse response, string message = "the model client does not like it")
    {
        var request = Request(response.TypeUrl, Update(response.TypeUrl, old => old), response.Nonce);
        request.ErrorDetail = new RpcStatus { Code = (int)StatusCode.Internal, Message = message };
        await SendAsync(request);
    }

    /// <summary>The names of the resources in a response, in its order.</summary>
    public static IReadOnlyList<string> NamesIn(DiscoveryResponse response) =>
        [.. response.Resources.Select(item => HeldResource.Read(item, response.VersionInfo).Name)];

    private protected override string TypeUrlOf(DiscoveryResponse response) => response.TypeUrl;

    private protected override Task AskForAsync(string typeUrl, string name) =>
        SubscribeAsync(typeUrl, [.. Update(typeUrl, old => old).Names, name]);

    private protected override void OnReceived(DiscoveryResponse response) =>
        Update(response.TypeUrl, old => old with { LastNonce = response.Nonce });

    private static SotwModelClient Open(GrpcChannel channel, Node? node, bool ownsChannel)
    {
        var life = new CancellationTokenSource();
        var call = new AggregatedDiscoveryService.AggregatedDiscoveryServiceClient(channel)
            .StreamAggregatedResources(cancellationToken: life.Token);
        return new SotwModelClient(ownsChannel ? channel : null, life, call, node ?? ModelNode.Create());
    }

    private DiscoveryRequest Request(string typeUrl, TypeState state, string nonce) => new()
    {
        // As Envoy does with set_node_on_first_message_only.
        Node = Interlocked.Exchange(ref _node, null),
        TypeUrl = typeUrl,
        ResourceNames = { state.Names },
        VersionInfo = state.AcceptedVersion,
        ResponseNonce = nonce,
    };

    private TypeState Update(string typeUrl, Func<TypeState, TypeState> change)
    {
        lock (_gate)
        {
            return _types[typeUrl] = change(_types.GetValueOrDefault(typeUrl, new TypeState([], string.Empty, string.Empty)));
        }
    }

    private sealed record TypeState(ImmutableArray<string> Names, string AcceptedVersion, string LastNonce);
}

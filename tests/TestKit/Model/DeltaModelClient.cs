using Envoy.Config.Core.V3;
using Envoy.Service.Discovery.V3;
using Grpc.Core;
using Grpc.Net.Client;
using RpcStatus = Google.Rpc.Status;

namespace XdsCanary.TestKit.Model;

/// <summary>A model client of the incremental variant, on the aggregated stream.</summary>
public sealed class DeltaModelClient : ModelClient<DeltaDiscoveryRequest, DeltaDiscoveryResponse>
{
    private Node? _node;

    private DeltaModelClient(
        GrpcChannel? ownChannel,
        CancellationTokenSource life,
        AsyncDuplexStreamingCall<DeltaDiscoveryRequest, DeltaDiscoveryResponse> call,
        Node node)
        : base(ownChannel, life, call)
    {
        _node = node;
        StartReading();
    }

    /// <summary>Opens a stream on a connection of its own.</summary>
    public static DeltaModelClient Connect(int port, Node? node = null) =>
        Open(ModelChannel.Connect(port), node, ownsChannel: true);

    /// <summary>Opens a stream on a shared connection.</summary>
    public static DeltaModelClient Open(GrpcChannel channel, Node? node = null) => Open(channel, node, ownsChannel: false);

    /// <summary>Asks for further names of a type; a first request without names asks for all.</summary>
    public Task SubscribeAsync(string typeUrl, params string[] names) => ChangeAsync(typeUrl, names, []);

    /// <summary>Asks for names no longer.</summary>
    public Task UnsubscribeAsync(string typeUrl, params string[] names) => ChangeAsync(typeUrl, [], names);

    /// <summary>
    /// Changes the subscription, as the first message of a type with what the client holds from an earlier stream.
    /// </summary>
    public Task ChangeAsync(
        string typeUrl,
        IEnumerable<string> subscribe,
        IEnumerable<string> unsubscribe,
        IReadOnlyDictionary<string, string>? held = null)
    {
        var request = Request(typeUrl);
        request.ResourceNamesSubscribe.Add(subscribe);
        request.ResourceNamesUnsubscribe.Add(unsubscribe);
        if (held is not null)
        {
            request.InitialResourceVersions.Add(held.ToDictionary());
        }

        return SendAsync(request);
    }

    /// <summary>The versions of what is held of a type: what a client tells the next server.</summary>
    public IReadOnlyDictionary<string, string> HeldVersions(string typeUrl) =>
        Held(typeUrl).ToDictionary(pair => pair.Key, pair => pair.Value.Version);

    /// <inheritdoc/>
    public override async Task AckAsync(DeltaDiscoveryResponse response)
    {
        Hold(response.TypeUrl, held => held
            .SetItems(response.Resources.Select(
                item => KeyValuePair.Create(item.Name, new HeldResource(item.Version, item.Resource_))))
            .RemoveRange(response.RemovedResources));
        var request = Request(response.TypeUrl);
        request.ResponseNonce = response.Nonce;
        await SendAsync(request);
    }

    /// <inheritdoc/>
    public override async Task NackAsync(DeltaDiscoveryResponse response, string message = "the model client does not like it")
    {
        var request = Request(response.TypeUrl);
        request.ResponseNonce = response.Nonce;
        request.ErrorDetail = new RpcStatus { Code = (int)StatusCode.Internal, Message = message };
        await SendAsync(request);
    }

    /// <summary>The names of the resources in a response, in its order.</summary>
    public static IReadOnlyList<string> NamesIn(DeltaDiscoveryResponse response) =>
        [.. response.Resources.Select(item => item.Name)];

    private protected override string TypeUrlOf(DeltaDiscoveryResponse response) => response.TypeUrl;

    private protected override Task AskForAsync(string typeUrl, string name) => SubscribeAsync(typeUrl, name);

    private protected override void OnReceived(DeltaDiscoveryResponse response)
    {
        // A delta request carries a nonce only to answer a response: there is nothing to remember.
    }

    private static DeltaModelClient Open(GrpcChannel channel, Node? node, bool ownsChannel)
    {
        var life = new CancellationTokenSource();
        var call = new AggregatedDiscoveryService.AggregatedDiscoveryServiceClient(channel)
            .DeltaAggregatedResources(cancellationToken: life.Token);
        return new DeltaModelClient(ownsChannel ? channel : null, life, call, node ?? ModelNode.Create());
    }

    // As Envoy does with set_node_on_first_message_only.
    private DeltaDiscoveryRequest Request(string typeUrl) =>
        new() { Node = Interlocked.Exchange(ref _node, null), TypeUrl = typeUrl };
}

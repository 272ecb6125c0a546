using Envoy.Config.Core.V3;
using Envoy.Service.Discovery.V3;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

namespace XdsCanary.Benchmarks;

/// <summary>One Envoy as the server sees it: a connection, an aggregated stream, four types, every response acknowledged.</summary>
internal sealed class LoadStream : IDisposable
{
    private const string Prefix = "type.googleapis.com/";
    private const string Cds = Prefix + "envoy.config.cluster.v3.Cluster";
    private const string Eds = Prefix + "envoy.config.endpoint.v3.ClusterLoadAssignment";
    private const string Lds = Prefix + "envoy.config.listener.v3.Listener";
    private const string Rds = Prefix + "envoy.config.route.v3.RouteConfiguration";
    private const string Service = "envoy.service.discovery.v3.AggregatedDiscoveryService";

    private static readonly Marshaller<IMessage> Requests = Marshallers.Create<IMessage>(
        static (message, context) => context.Complete(message.ToByteArray()), static _ => throw new NotSupportedException());

    private static readonly Marshaller<WireScan> Responses = Marshallers.Create<WireScan>(
        static (_, _) => throw new NotSupportedException(), static context => WireScan.Read(context.PayloadAsReadOnlySequence()));

    private readonly GrpcChannel _channel;
    private readonly bool _delta;
    private readonly string[] _clusters;
    private readonly AsyncDuplexStreamingCall<IMessage, WireScan> _call;
    private readonly Dictionary<string, string> _versions = [];
    private bool _hasEndpoints;
    private bool _hasRoutes;

    public LoadStream(Uri address, string nodeId, string[] clusters, bool delta, string? ns = null)
    {
        _channel = GrpcChannel.ForAddress(address, new GrpcChannelOptions { HttpHandler = new SocketsHttpHandler() });
        _delta = delta;
        _clusters = clusters;
        var method = new Method<IMessage, WireScan>(
            MethodType.DuplexStreaming,
            Service,
            delta ? "DeltaAggregatedResources" : "StreamAggregatedResources",
            Requests,
            Responses);
        _call = _channel.CreateCallInvoker().AsyncDuplexStreamingCall(method, null, new CallOptions());
        Node = new Node { Id = nodeId, Cluster = ns is null ? "bench" : $"{ns}/bench", UserAgentName = "bench" };
    }

    public long Received { get; private set; }

    private Node Node { get; }

    /// <summary>The version held of each type, by type URL.</summary>
    public IReadOnlyDictionary<string, string> Versions
    {
        get
        {
            lock (_versions)
            {
                return new Dictionary<string, string>(_versions);
            }
        }
    }

    public async Task RunAsync()
    {
        await SubscribeAsync(Cds, [], Node);
        await SubscribeAsync(Lds, [], null);
        while (await _call.ResponseStream.MoveNext(CancellationToken.None))
        {
            var response = _call.ResponseStream.Current;
            Received++;
            await AcknowledgeAsync(response);
            if (response.TypeUrl == Cds && !_hasEndpoints)
            {
                _hasEndpoints = true;
                await SubscribeAsync(Eds, _clusters, null);
            }

            if (response.TypeUrl == Lds && !_hasRoutes)
            {
                _hasRoutes = true;
                await SubscribeAsync(Rds, ["http"], null);
            }

            lock (_versions)
            {
                _versions[response.TypeUrl] = response.Version;
            }
        }
    }

    public void Dispose()
    {
        _call.Dispose();
        _channel.Dispose();
    }

    private Task SubscribeAsync(string type, string[] names, Node? node) => _call.RequestStream.WriteAsync(_delta
        ? new DeltaDiscoveryRequest { TypeUrl = type, Node = node, ResourceNamesSubscribe = { names } }
        : new DiscoveryRequest { TypeUrl = type, Node = node, ResourceNames = { names } });

    // A state-of-the-world client repeats all its names with every acknowledgement.
    private Task AcknowledgeAsync(WireScan response) => _call.RequestStream.WriteAsync(_delta
        ? new DeltaDiscoveryRequest { TypeUrl = response.TypeUrl, ResponseNonce = response.Nonce }
        : new DiscoveryRequest
        {
            TypeUrl = response.TypeUrl,
            ResponseNonce = response.Nonce,
            VersionInfo = response.Version,
            ResourceNames = { response.TypeUrl == Eds ? _clusters : response.TypeUrl == Rds ? ["http"] : [] },
        });
}

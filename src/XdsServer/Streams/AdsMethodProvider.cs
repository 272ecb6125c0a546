using Envoy.Service.Discovery.V3;
using Google.Protobuf;
using Grpc.AspNetCore.Server.Model;
using Grpc.Core;

namespace XdsCanary.XdsServer.Streams;

/// <summary>
/// Binds the two methods of the aggregated service with a marshaller of our own for replies. The generated base class would
/// serialise every response anew for every stream.
/// </summary>
internal sealed class AdsMethodProvider : IServiceMethodProvider<AggregatedDiscoveryService>
{
    private const string ServiceName = "envoy.service.discovery.v3.AggregatedDiscoveryService";

    private static readonly Method<DiscoveryRequest, DiscoveryReply> Stream =
        Duplex("StreamAggregatedResources", DiscoveryRequest.Parser);

    private static readonly Method<DeltaDiscoveryRequest, DiscoveryReply> Delta =
        Duplex("DeltaAggregatedResources", DeltaDiscoveryRequest.Parser);

    /// <inheritdoc/>
    public void OnServiceMethodDiscovery(ServiceMethodProviderContext<AggregatedDiscoveryService> context)
    {
        context.AddDuplexStreamingMethod(
            Stream, [], static (service, requests, replies, call) => service.StreamAsync(requests, replies, call));
        context.AddDuplexStreamingMethod(
            Delta, [], static (service, requests, replies, call) => service.DeltaAsync(requests, replies, call));
    }

    private static Method<TRequest, DiscoveryReply> Duplex<TRequest>(string name, MessageParser<TRequest> parser)
        where TRequest : class, IMessage<TRequest> =>
        new(
            MethodType.DuplexStreaming,
            ServiceName,
            name,
            Marshallers.Create<TRequest>(
                static (message, context) => context.Complete(message.ToByteArray()),
                context => parser.ParseFrom(context.PayloadAsReadOnlySequence())),
            DiscoveryReply.Marshaller);
}

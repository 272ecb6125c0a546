using Envoy.Service.Discovery.V3;
using Grpc.AspNetCore.Server.Model;
using Grpc.Core;

namespace XdsCanary.XdsServer.Streams;

/// <summary>
/// Binds the two methods of the aggregated service with marshallers of our own. The generated base class would serialise every
/// response anew for every stream, and decode all names of every acknowledgement.
/// </summary>
/// <param name="names">Recognises the names of state-of-the-world requests.</param>
internal sealed class AdsMethodProvider(NameListCache names) : IServiceMethodProvider<AggregatedDiscoveryService>
{
    private const string ServiceName = "envoy.service.discovery.v3.AggregatedDiscoveryService";

    /// <inheritdoc/>
    public void OnServiceMethodDiscovery(ServiceMethodProviderContext<AggregatedDiscoveryService> context)
    {
        context.AddDuplexStreamingMethod(
            Duplex("StreamAggregatedResources", call => SotwRequest.Read(call.PayloadAsReadOnlySequence(), names)),
            [],
            static (service, requests, replies, call) => service.StreamAsync(requests, replies, call));
        context.AddDuplexStreamingMethod(
            Duplex(
                "DeltaAggregatedResources",
                static call => DeltaDiscoveryRequest.Parser.ParseFrom(call.PayloadAsReadOnlySequence())),
            [],
            static (service, requests, replies, call) => service.DeltaAsync(requests, replies, call));
    }

    private static Method<TRequest, DiscoveryReply> Duplex<TRequest>(string name, Func<DeserializationContext, TRequest> read)
        where TRequest : class =>
        new(
            MethodType.DuplexStreaming,
            ServiceName,
            name,
            Marshallers.Create<TRequest>(
                static (_, _) => throw new NotSupportedException("Requests are only read."), read),
            DiscoveryReply.Marshaller);
}

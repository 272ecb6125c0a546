using Envoy.Service.Discovery.V3;
using Grpc.Core;
using XdsCanary.XdsServer.Observability;
using XdsCanary.XdsServer.Protocol;

namespace XdsCanary.XdsServer.Streams;

/// <summary>
/// The gRPC service <c>envoy.service.discovery.v3.AggregatedDiscoveryService</c>: makes a session for each stream and runs it.
/// </summary>
/// <param name="services">What streams need of the server.</param>
/// <param name="lifetime">Tells when the server stops: streams end at once, so that clients go elsewhere.</param>
internal sealed class AggregatedDiscoveryService(StreamServices services, IHostApplicationLifetime lifetime)
{
    private readonly RequestDecoder _decoder = new(services.Pool);

    /// <summary>Serves a state-of-the-world stream.</summary>
    /// <param name="requests">The client's requests.</param>
    /// <param name="replies">Writes to the client.</param>
    /// <param name="context">The call.</param>
    public Task StreamAsync(
        IAsyncStreamReader<SotwRequest> requests, IServerStreamWriter<DiscoveryReply> replies, ServerCallContext context) =>
        RunAsync(
            XdsVariant.Sotw,
            async token => await requests.MoveNext(token)
                ? new PumpedRequest(
                    requests.Current.Message.Node, _decoder.Decode(requests.Current.Message, requests.Current.Names))
                : null,
            replies,
            context);

    /// <summary>Serves a delta stream.</summary>
    /// <param name="requests">The client's requests.</param>
    /// <param name="replies">Writes to the client.</param>
    /// <param name="context">The call.</param>
    public Task DeltaAsync(
        IAsyncStreamReader<DeltaDiscoveryRequest> requests,
        IServerStreamWriter<DiscoveryReply> replies,
        ServerCallContext context) =>
        RunAsync(
            XdsVariant.Delta,
            async token => await requests.MoveNext(token)
                ? new PumpedRequest(requests.Current.Node, _decoder.Decode(requests.Current))
                : null,
            replies,
            context);

    private async Task RunAsync(
        XdsVariant variant,
        Func<CancellationToken, Task<PumpedRequest?>> read,
        IServerStreamWriter<DiscoveryReply> replies,
        ServerCallContext context)
    {
        using var session = new XdsStreamSession(services, variant, replies, context.Peer);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(
            context.CancellationToken, lifetime.ApplicationStopping);
        try
        {
            await session.RunAsync(read, end.Token);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "the server stops; connect again."));
        }
        catch (Exception) when (context.CancellationToken.IsCancellationRequested)
        {
            // The client has gone; there is nobody to tell.
        }
        catch (Exception fault) when (fault is not RpcException and not OperationCanceledException)
        {
            services.Logger.StreamFailed(fault, session.Id, session.NodeId);
            throw new RpcException(new Status(StatusCode.Internal, "the stream failed on the server; connect again."));
        }
    }
}

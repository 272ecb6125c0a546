using Grpc.Core;
using XdsCanary.XdsServer.Observability;
using XdsCanary.XdsServer.Protocol;

namespace XdsCanary.XdsServer.Streams;

/// <summary>Writes planned responses to one client, within the write timeout. For one loop only.</summary>
/// <param name="services">What streams need of the server.</param>
/// <param name="replies">The call's writer.</param>
/// <param name="delta">The form of the protocol.</param>
internal sealed class ReplyWriter(StreamServices services, IServerStreamWriter<DiscoveryReply> replies, bool delta)
{
    /// <summary>Writes one response.</summary>
    /// <param name="response">The response.</param>
    /// <param name="record">The stream, for the log.</param>
    /// <param name="cancellationToken">Ends the wait when the stream ends.</param>
    /// <exception cref="RpcException">The client did not read in time; the stream must end.</exception>
    public async Task WriteAsync(PlannedResponse response, StreamRecord record, CancellationToken cancellationToken)
    {
        var identifier = response.IsFirst
            ? DiscoveryReply.ControlPlaneField(services.Options.Identifier, delta)
            : ReadOnlyMemory<byte>.Empty;
        var started = services.Time.GetTimestamp();
        var write = replies.WriteAsync(new DiscoveryReply(response.Body, response.Nonce, identifier), cancellationToken);
        if (!write.IsCompletedSuccessfully)
        {
            await WaitAsync(write, started, record, cancellationToken);
        }

        services.Metrics.Responded(response.Type, response.Body.Bytes.Length);
        services.Logger.ResponseSent(
            record.Id,
            response.Type.TypeUrl,
            response.Body.Version,
            response.Nonce,
            response.Body.Resources,
            response.Body.Removed,
            response.Body.Bytes.Length);
    }

    private async Task WaitAsync(Task write, long started, StreamRecord record, CancellationToken cancellationToken)
    {
        var limit = services.Options.WriteTimeout > TimeSpan.Zero ? services.Options.WriteTimeout : Timeout.InfiniteTimeSpan;
        try
        {
            await write.WaitAsync(limit, services.Time, cancellationToken);
        }
        catch (TimeoutException)
        {
            services.Metrics.StuckStreams.Inc();
            services.Logger.StreamStuck(
                record.Id, record.Node?.Id ?? string.Empty, services.Time.GetElapsedTime(started).TotalMilliseconds);
            throw new RpcException(new Status(StatusCode.Unavailable, "the client did not read within the write timeout."));
        }
    }
}

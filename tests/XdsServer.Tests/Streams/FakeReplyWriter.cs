using System.Threading.Channels;
using Envoy.Service.Discovery.V3;
using Grpc.Core;
using XdsCanary.XdsServer.Protocol;
using XdsCanary.XdsServer.Snapshots;
using XdsCanary.XdsServer.Streams;
using XdsCanary.XdsServer.Tests.Protocol;

namespace XdsCanary.XdsServer.Tests.Streams;

/// <summary>A client's end of the response side: hands over what is written, and can stop reading.</summary>
internal sealed class FakeReplyWriter(XdsVariant variant) : IServerStreamWriter<DiscoveryReply>
{
    private readonly Channel<DiscoveryReply> _written = Channel.CreateUnbounded<DiscoveryReply>();
    private readonly TaskCompletionSource _stuck = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _never = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public WriteOptions? WriteOptions { get; set; }

    /// <summary>When true, writes wait for ever.</summary>
    public bool IsStuck { get; set; }

    /// <summary>When set, writes fail with it.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Completes when a write has begun to wait.</summary>
    public Task Stuck => _stuck.Task;

    public int Count => _written.Reader.Count;

    public Task WriteAsync(DiscoveryReply message) => WriteAsync(message, CancellationToken.None);

    public Task WriteAsync(DiscoveryReply message, CancellationToken cancellationToken)
    {
        if (Failure is not null)
        {
            return Task.FromException(Failure);
        }

        if (IsStuck)
        {
            _stuck.TrySetResult();
            return _never.Task;
        }

        _written.Writer.TryWrite(message);
        return Task.CompletedTask;
    }

    /// <summary>Waits for the next response.</summary>
    public async Task<Reply> NextAsync()
    {
        var reply = await _written.Reader.ReadAsync(TestContext.Current.CancellationToken);
        return Reply.Read(new PlannedResponse(ResourceTypeOf(reply), reply.Nonce, reply.Body, false), variant);
    }

    private static ResourceType ResourceTypeOf(DiscoveryReply reply) =>
        ResourceType.Of(DiscoveryResponse.Parser.ParseFrom(reply.Body.Bytes.Span).TypeUrl);
}

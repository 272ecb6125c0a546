using Grpc.Core;
using XdsCanary.XdsServer.Protocol;
using XdsCanary.XdsServer.Snapshots;
using XdsCanary.XdsServer.Streams;
using XdsCanary.XdsServer.Tests.Protocol;

namespace XdsCanary.XdsServer.Tests.Streams;

public sealed class ReplyWriterTests
{
    private readonly FakeReplyWriter _replies = new(XdsVariant.Sotw);

    [Fact]
    public async Task WriteAsync_ClientThatReads_IsWritten()
    {
        await Write(new SessionHarness(), TestContext.Current.CancellationToken);

        Assert.Equal(["a"], (await _replies.NextAsync()).Names);
    }

    [Fact]
    public async Task WriteAsync_ClientThatDoesNotRead_IsUnavailableAfterTheTimeoutExactly()
    {
        var harness = new SessionHarness(new StreamOptions { WriteTimeout = TimeSpan.FromSeconds(10) });
        _replies.IsStuck = true;
        var write = Write(harness, TestContext.Current.CancellationToken);

        harness.Time.Advance(TimeSpan.FromSeconds(10) - TimeSpan.FromMilliseconds(1));
        Assert.False(write.IsCompleted);
        harness.Time.Advance(TimeSpan.FromMilliseconds(1));

        var fault = await Assert.ThrowsAsync<RpcException>(() => write);
        Assert.Equal(StatusCode.Unavailable, fault.StatusCode);
        Assert.Equal(1, harness.Services.Metrics.StuckStreams.Value);
    }

    [Fact]
    public async Task WriteAsync_WithoutTimeout_WaitsUntilCancelled()
    {
        var harness = new SessionHarness(new StreamOptions { WriteTimeout = TimeSpan.Zero });
        using var cancelled = new CancellationTokenSource();
        _replies.IsStuck = true;
        var write = Write(harness, cancelled.Token);

        harness.Time.Advance(TimeSpan.FromDays(1));
        Assert.False(write.IsCompleted);
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write);
    }

    [Fact]
    public async Task WriteAsync_ClientThatHasGone_FailsAsTheTransportDoes()
    {
        _replies.Failure = new IOException("gone");

        await Assert.ThrowsAsync<IOException>(() => Write(new SessionHarness(), TestContext.Current.CancellationToken));
    }

    private Task Write(SessionHarness harness, CancellationToken cancellationToken)
    {
        var stream = ModelStream.Sotw(TestMesh.Of("a"));
        var input = new SotwInput(ResourceType.Cluster, string.Empty, null, false, NameSet.Empty);
        var response = PushPlanner.Next(StreamRequests.Apply(stream.State, input, default).State, default).Response!;
        var record = harness.Services.Registry.Open("peer", stream.State);
        return new ReplyWriter(harness.Services, _replies, delta: false).WriteAsync(response, record, cancellationToken);
    }
}

using Envoy.Config.Core.V3;
using Grpc.Core;
using XdsCanary.XdsServer.Protocol;
using XdsCanary.XdsServer.Snapshots;
using XdsCanary.XdsServer.Streams;
using XdsCanary.XdsServer.Tests.Protocol;

namespace XdsCanary.XdsServer.Tests.Streams;

public sealed class XdsStreamSessionTests
{
    private readonly SessionHarness _harness = new();

    [Fact]
    public async Task A_GS_02_A_request_gets_a_response_and_an_acceptance_is_noted()
    {
        _harness.Publish(TestMesh.Of("a"));
        using var session = _harness.Open(XdsVariant.Sotw);

        session.Ask(ResourceType.Cluster, "node");
        var reply = await session.Replies.NextAsync();
        session.Ask(ResourceType.Cluster, nonce: reply.Nonce);
        session.HalfClose();
        await session.Running;

        Assert.Equal(["a"], reply.Names);
        var record = Assert.Single(_harness.Services.Registry.Streams);
        Assert.Equal(reply.Version, record.State.Find(ResourceType.Cluster)?.AckedVersion);
        Assert.Equal(("node", TestMesh.Group), (record.Node?.Id, record.Node?.Group));
    }

    [Fact]
    public async Task A_GS_14_After_a_half_close_what_is_owed_is_written_and_the_stream_ends_well()
    {
        _harness.Publish(TestMesh.Of("a"));
        using var session = _harness.Open(XdsVariant.Delta);

        foreach (var type in ResourceType.InPushOrder)
        {
            session.Subscribe(type, "node");
        }

        session.HalfClose();
        await session.Running;

        // Routes wait for the clusters' acceptance, which does not come any more.
        Assert.Equal(3, session.Replies.Count);
    }

    [Fact]
    public async Task A_published_snapshot_wakes_the_stream()
    {
        using var session = _harness.Open(XdsVariant.Delta);
        session.Subscribe(ResourceType.Listener, "node");
        await Until(() => _harness.Group.Followers == 1);

        _harness.Publish(TestMesh.Of("a"));

        Assert.Equal(["web"], (await session.Replies.NextAsync()).Names);
        session.HalfClose();
        await session.Running;
    }

    [Fact]
    public async Task R_3_7_The_timer_wakes_the_stream()
    {
        _harness.Publish(TestMesh.Of("a"));
        using var session = _harness.Open(XdsVariant.Sotw);
        session.Ask(ResourceType.Listener, "node");
        await session.Replies.NextAsync();
        _harness.Publish(TestMesh.Of("a").WithListener("web", 2, "routes"));
        await Until(() => ReferenceEquals(Record().State.Snapshot, _harness.Group.Current));

        var reply = session.Replies.NextAsync();
        while (!reply.IsCompleted)
        {
            // The session sets its timer after its state is to be seen.
            _harness.Time.Advance(ProtocolSettings.Default.AckTimeout);
            await Task.Yield();
        }

        Assert.Equal("2", (await reply).Nonce);
        session.HalfClose();
        await session.Running;
    }

    [Fact]
    public async Task R_1_1_A_first_request_without_a_node_is_refused()
    {
        using var session = _harness.Open(XdsVariant.Sotw);

        session.Ask(ResourceType.Cluster);

        Assert.Equal(StatusCode.InvalidArgument, await StatusOf(session));
    }

    [Fact]
    public async Task R_1_3_A_node_without_an_id_is_refused()
    {
        using var session = _harness.Open(XdsVariant.Sotw);

        session.Ask(ResourceType.Cluster, string.Empty);

        Assert.Equal(StatusCode.InvalidArgument, await StatusOf(session));
    }

    [Fact]
    public async Task R_1_1_Later_requests_may_have_an_empty_node_or_none()
    {
        _harness.Publish(TestMesh.Of("a"));
        using var session = _harness.Open(XdsVariant.Sotw);

        session.Ask(ResourceType.Cluster, "node");
        session.Ask(ResourceType.Listener, string.Empty);
        session.Ask(ResourceType.Endpoint, names: ["a"]);
        session.HalfClose();
        await session.Running;

        Assert.Equal(3, session.Replies.Count);
        Assert.Equal("node", Record().Node?.Id);
    }

    [Fact]
    public async Task A_X_01_A_node_that_moves_to_another_group_gets_the_difference()
    {
        _harness.Publish(TestMesh.Of("a"));
        var other = _harness.Services.Publisher.Join(Model.NodeGroup.Create("other", []), new AsyncSignal());
        other.Publish(TestMesh.Of("a").WithListener("theirs", 1).ToSnapshot());
        using var session = _harness.Open(XdsVariant.Delta);
        session.Subscribe(ResourceType.Listener, "node");
        await session.Replies.NextAsync();
        session.Subscribe(ResourceType.Endpoint, null, "a");
        await session.Replies.NextAsync();

        var accepted = new DeltaInput(
            ResourceType.Listener, "1", null, SubscriptionChange.None, new Dictionary<string, string>());
        session.Send(new Node { Id = "node", Cluster = "other/app" }, accepted);

        Assert.Equal(["theirs"], (await session.Replies.NextAsync()).Names);
        Assert.Equal((0, 2), (_harness.Group.Followers, other.Followers));
        session.HalfClose();
        await session.Running;
    }

    [Fact]
    public async Task A_X_02_Streams_of_one_node_are_independent()
    {
        _harness.Publish(TestMesh.Of("a"));
        using var second = _harness.Open(XdsVariant.Sotw);
        second.Ask(ResourceType.Cluster, "node");
        await second.Replies.NextAsync();
        using (var first = _harness.Open(XdsVariant.Sotw))
        {
            first.Ask(ResourceType.Cluster, "node");
            Assert.Equal("1", (await first.Replies.NextAsync()).Nonce);
            first.HalfClose();
            await first.Running;
        }

        second.Ask(ResourceType.Listener);

        Assert.Equal(["web"], (await second.Replies.NextAsync()).Names);
        Assert.Equal(1, _harness.Group.Followers);
        second.HalfClose();
        await second.Running;
    }

    [Fact]
    public async Task A_X_37_The_65th_type_is_refused()
    {
        using var session = _harness.Open(XdsVariant.Sotw);
        for (var i = 0; i < 64; i++)
        {
            session.Ask(ResourceType.Of($"type.googleapis.com/example.Type{i}"), "node");
        }

        session.Ask(ResourceType.Of("type.googleapis.com/example.Type0"));
        session.Ask(ResourceType.Of("type.googleapis.com/example.OneTooMany"));

        Assert.Equal(StatusCode.ResourceExhausted, await StatusOf(session));
    }

    [Fact]
    public async Task A_request_that_cannot_be_read_ends_the_stream_with_its_status()
    {
        _harness.Publish(TestMesh.Of("a"));
        using var session = _harness.Open(XdsVariant.Sotw);
        session.Ask(ResourceType.Cluster, "node");

        session.Break(new RpcException(new Status(StatusCode.InvalidArgument, "type_url is empty")));

        Assert.Equal(StatusCode.InvalidArgument, await StatusOf(session));
    }

    [Fact]
    public async Task A_GS_09_A_failed_write_ends_the_stream()
    {
        _harness.Publish(TestMesh.Of("a"));
        using var session = _harness.Open(XdsVariant.Sotw);
        session.Replies.Failure = new IOException("gone");

        session.Ask(ResourceType.Cluster, "node");

        await Assert.ThrowsAsync<IOException>(() => session.Running);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cancellation_ends_the_stream_promptly(bool stuck)
    {
        _harness.Publish(TestMesh.Of("a"));
        using var cancelled = new CancellationTokenSource();
        using var session = _harness.OpenCall(XdsVariant.Sotw, cancelled.Token);
        session.Replies.IsStuck = stuck;
        session.Ask(ResourceType.Cluster, "node");
        await (stuck ? session.Replies.Stuck : session.Replies.NextAsync());

        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => session.Running);
    }

    [Fact]
    public async Task R_10_2_A_client_that_does_not_read_is_cut_after_the_write_timeout()
    {
        _harness.Publish(TestMesh.Of("a"));
        using var session = _harness.Open(XdsVariant.Sotw);
        session.Replies.IsStuck = true;
        session.Ask(ResourceType.Cluster, "node");
        await session.Replies.Stuck;

        while (!session.Running.IsCompleted)
        {
            _harness.Time.Advance(_harness.Services.Options.WriteTimeout);
            await Task.Yield();
        }

        Assert.Equal(StatusCode.Unavailable, await StatusOf(session));
    }

    [Fact]
    public async Task R_1_9_A_session_that_is_disposed_leaves_nothing_behind()
    {
        _harness.Publish(TestMesh.Of("a"));
        var session = await OpenAndClose();

        Assert.Empty(_harness.Services.Registry.Streams);
        Assert.Equal(0, _harness.Group.Followers);
        // The snapshot and what it remembers must not refer to the stream.
        for (var i = 0; i < 10 && session.TryGetTarget(out _); i++)
        {
            await Task.Yield();
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(session.TryGetTarget(out _));
    }

    [Fact]
    public async Task A_X_40_A_slow_reader_gets_only_the_newest_afterwards()
    {
        _harness.Publish(TestMesh.Of("a"));
        using var session = _harness.Open(XdsVariant.Sotw);
        session.Ask(ResourceType.Listener, "node");
        var first = await session.Replies.NextAsync();
        for (var revision = 2; revision < 1000; revision++)
        {
            _harness.Publish(TestMesh.Of("a").WithListener("web", revision, "routes"));
        }

        session.Ask(ResourceType.Listener, nonce: first.Nonce);
        var next = await session.Replies.NextAsync();

        Assert.Equal(_harness.Group.Current!.Get(ResourceType.Listener).Version, next.Version);
        session.HalfClose();
        await session.Running;
        Assert.Equal(0, session.Replies.Count);
    }

    private static async Task<StatusCode> StatusOf(OpenSession session) =>
        (await Assert.ThrowsAsync<RpcException>(() => session.Running)).StatusCode;

    private static async Task Until(Func<bool> condition)
    {
        while (!condition())
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private StreamRecord Record() => Assert.Single(_harness.Services.Registry.Streams);

    private async Task<WeakReference<OpenSession>> OpenAndClose()
    {
        using var session = _harness.Open(XdsVariant.Delta);
        session.Subscribe(ResourceType.Cluster, "node");
        await session.Replies.NextAsync();
        session.HalfClose();
        await session.Running;
        return new WeakReference<OpenSession>(session);
    }
}

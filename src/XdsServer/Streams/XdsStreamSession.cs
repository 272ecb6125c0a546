using Envoy.Config.Core.V3;
using Grpc.Core;
using XdsCanary.XdsServer.Observability;
using XdsCanary.XdsServer.Protocol;

namespace XdsCanary.XdsServer.Streams;

/// <summary>A request as the read pump gets it.</summary>
/// <param name="Node">The node, on the first request and whenever the client sends it again.</param>
/// <param name="Input">The request.</param>
internal readonly record struct PumpedRequest(Node? Node, DiscoveryInput Input);

/// <summary>
/// One stream's shell: a pump takes requests in, a loop writes what is due; they share the immutable state under one short
/// lock. An acknowledgement that leaves nothing to send never wakes the loop. There is one writer by construction. All
/// decisions are in <see cref="StreamRequests"/> and <see cref="PushPlanner"/>. The stream owns no queue, neither of requests
/// (the next is read when the last is applied) nor of responses: it compares what it sent with what there is whenever it is
/// free to write.
/// </summary>
internal sealed class XdsStreamSession : IDisposable
{
    private readonly StreamServices _services;
    private readonly AsyncSignal _signal = new();
    private readonly Lock _lock = new();
    private readonly StreamRecord _record;
    private readonly ReplyWriter _writer;
    private readonly StreamNotes _notes;
    private readonly long _openedTimestamp;
    private readonly ITimer _timer;
    private StreamState _state;
    private GroupSnapshots? _group;
    private bool _isClosedByClient;

    /// <summary>Opens a session.</summary>
    /// <param name="services">What it needs of the server.</param>
    /// <param name="variant">The form of the protocol.</param>
    /// <param name="replies">Writes to the client.</param>
    /// <param name="peer">The client's address.</param>
    public XdsStreamSession(
        StreamServices services, XdsVariant variant, IServerStreamWriter<DiscoveryReply> replies, string peer)
    {
        _services = services;
        _openedTimestamp = services.Time.GetTimestamp();
        _state = new StreamState(variant, services.Options.Protocol, TimeSpan.Zero);
        _record = services.Registry.Open(peer, _state);
        _notes = new StreamNotes(services, _record);
        _writer = new ReplyWriter(services, replies, variant == XdsVariant.Delta);
        _timer = services.Time.CreateTimer(
            static signal => ((AsyncSignal)signal!).Set(), _signal, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        services.Metrics.StreamOpened(variant);
    }

    private TimeSpan Now => _services.Time.GetElapsedTime(_openedTimestamp);

    /// <summary>Number of the stream since the server started.</summary>
    public long Id => _record.Id;

    /// <summary>The node id, as far as known.</summary>
    public string NodeId => _record.Node?.Id ?? "(unknown)";

    /// <summary>Runs the stream until the client closes it, the token is cancelled or a write fails.</summary>
    /// <param name="read">Reads and decodes the client's next request; null when the client has closed its side.</param>
    /// <param name="cancellationToken">Cancelled when the call ends or the server stops.</param>
    /// <exception cref="RpcException">The stream ends with this status.</exception>
    public async Task RunAsync(Func<CancellationToken, Task<PumpedRequest?>> read, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var wake = end.Token.UnsafeRegister(static signal => ((AsyncSignal)signal!).Set(), _signal);
        var pump = PumpAsync(read, end.Token);
        var reason = "the client closed it";
        try
        {
            await LoopAsync(pump, end.Token);
            await pump;
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            reason = "cancelled";
            throw;
        }
        catch (RpcException refused)
        {
            reason = refused.Status.Detail;
            throw;
        }
        finally
        {
            await end.CancelAsync();
            await pump.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            _services.Logger.StreamClosed(_record.Id, NodeId, reason, _state.LastNonce);
        }
    }

    /// <summary>Leaves every index, so that nothing refers to the stream any more.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        _group?.Unfollow(_signal);
        _services.Registry.Close(_record);
        _services.Metrics.StreamClosed(_state.Variant);
    }

    private async Task PumpAsync(Func<CancellationToken, Task<PumpedRequest?>> read, CancellationToken cancellationToken)
    {
        try
        {
            while (await read(cancellationToken) is { } request)
            {
                bool isDue;
                lock (_lock)
                {
                    Take(request);
                    isDue = IsDue();
                }

                if (isDue)
                {
                    _signal.Set();
                }
            }
        }
        finally
        {
            Volatile.Write(ref _isClosedByClient, true);
            _signal.Set();
        }
    }

    private async Task LoopAsync(Task pump, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            // Read before planning: what the client sent before it closed its side must be answered first.
            var isClosed = Volatile.Read(ref _isClosedByClient);
            if (PlanNext() is { } response)
            {
                await _writer.WriteAsync(response, _record, cancellationToken);
                continue;
            }

            if (isClosed || pump.IsFaulted)
            {
                return;
            }

            await _signal.WaitAsync();
        }
    }

    private PlannedResponse? PlanNext()
    {
        lock (_lock)
        {
            var plan = PushPlanner.Next(WithCurrentSnapshot(_state), Now);
            Keep(plan);
            return plan.Response;
        }
    }

    // Settles what needs no response; one that is due is left to the loop, which alone may write.
    private bool IsDue()
    {
        var state = WithCurrentSnapshot(_state);
        var plan = PushPlanner.Next(state, Now);
        if (plan.Response is not null)
        {
            Keep(new PushPlan(state, null, null));
            return true;
        }

        Keep(plan);
        return false;
    }

    private void Keep(PushPlan plan)
    {
        _state = plan.State;
        _record.State = _state;
        if (plan is { Response: null, Due: { } due })
        {
            _timer.Change(Max(due - Now, TimeSpan.Zero), Timeout.InfiniteTimeSpan);
        }
    }

    private StreamState WithCurrentSnapshot(StreamState state) =>
        _group?.Current is { } snapshot && !ReferenceEquals(snapshot, state.Snapshot)
            ? state with { Snapshot = snapshot }
            : state;

    private static TimeSpan Max(TimeSpan left, TimeSpan right) => left > right ? left : right;

    private void Take(PumpedRequest request)
    {
        if (request.Node is { } node && (node.Id.Length > 0 || _record.Node is null))
        {
            Identify(node);
        }
        else if (_record.Node is null)
        {
            throw Refuse(StatusCode.InvalidArgument, "node is missing; the first request of a stream must carry it.");
        }

        var known = _state.Find(request.Input.Type);
        if (known is null && _state.Types.Length >= _state.Settings.MaxTypes)
        {
            throw Refuse(StatusCode.ResourceExhausted, $"a stream may ask for {_state.Settings.MaxTypes} types at most.");
        }

        var step = StreamRequests.Apply(_state, request.Input, Now);
        _state = Share(step, known);
        _notes.Take(step, known, request.Input.Error, Now);
    }

    // Streams that want the same names keep one set of them.
    private StreamState Share(RequestStep step, TypeState? known)
    {
        var names = step.Type.Subscription.Names;
        if (ReferenceEquals(names, known?.Subscription.Names))
        {
            return step.State;
        }

        var pooled = _services.Pool.Intern(names);
        return ReferenceEquals(pooled, names)
            ? step.State
            : step.State.With(step.Type with { Subscription = step.Type.Subscription with { Names = pooled } });
    }

    private void Identify(Node node)
    {
        if (node.Id.Length == 0)
        {
            throw Refuse(StatusCode.InvalidArgument, "node.id is empty; give the proxy a node id in its bootstrap.");
        }

        var group = NodeGroupResolver.Resolve(node, _services.Options.DefaultNamespace);
        var isNew = _record.Node is null;
        if (_group is null || _group.Group != group)
        {
            // A node that changes its group keeps what it holds; the next plan sends it the difference.
            _group?.Unfollow(_signal);
            _group = _services.Publisher.Join(group, _signal);
        }

        _record.Node = NodeIdentity.Of(node, group);
        if (isNew)
        {
            _services.Logger.StreamOpened(_record.Id, _state.Variant, node.Id, group.ToString(), _record.Peer);
        }
    }

    private RpcException Refuse(StatusCode code, string detail)
    {
        _services.Logger.StreamRefused(_record.Id, NodeId, detail);
        return new RpcException(new Status(code, detail));
    }
}

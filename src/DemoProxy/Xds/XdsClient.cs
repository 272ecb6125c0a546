using Envoy.Config.Core.V3;
using Envoy.Service.Discovery.V3;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using XdsCanary.DemoProxy.Observability;
using XdsCanary.DemoProxy.Serving;
using XdsCanary.DemoProxy.Stats;
using DeltaCall = Grpc.Core.AsyncDuplexStreamingCall<
    Envoy.Service.Discovery.V3.DeltaDiscoveryRequest, Envoy.Service.Discovery.V3.DeltaDiscoveryResponse>;

namespace XdsCanary.DemoProxy.Xds;

/// <summary>Keeps a delta stream to the control plane open for <see cref="XdsClientProtocol"/>. One loop owns it.</summary>
/// <param name="options">Where the control plane is, and who this node is.</param>
/// <param name="service">The control plane's service.</param>
/// <param name="config">Where the configuration goes.</param>
/// <param name="stats">The statistics.</param>
/// <param name="random">Spreads attempts to connect.</param>
/// <param name="logger">The log.</param>
/// <param name="time">The clock.</param>
internal sealed class XdsClient(
    EmbeddedDataPlaneOptions options,
    AggregatedDiscoveryService.AggregatedDiscoveryServiceClient service,
    ConfigHolder config,
    ProxyStats stats,
    SharedRandom random,
    ILogger<XdsClient> logger,
    TimeProvider time)
{
    private static readonly TimeSpan WriteLimit = TimeSpan.FromSeconds(10);

    private readonly long _origin = time.GetTimestamp();
    private volatile XdsClientState _state = XdsClientState.Initial;
    private int _failures;

    /// <summary>What the client holds now.</summary>
    public XdsClientState State => _state;

    private TimeSpan Now => time.GetElapsedTime(_origin);

    /// <summary>Connects, again and again, until it is cancelled.</summary>
    /// <param name="cancellationToken">Ends the loop.</param>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var reason = await TryStreamAsync(cancellationToken);
            stats.Connected = false;
            cancellationToken.ThrowIfCancellationRequested();
            var pause = Backoff.Delay(++_failures, random.NextDouble());
            logger.Disconnected(options.XdsAddress, reason, (long)pause.TotalMilliseconds);
            await WarmDuringAsync(Task.Delay(pause, time, cancellationToken));
        }
    }

    private async Task<string> TryStreamAsync(CancellationToken cancellationToken)
    {
        try
        {
            await RunStreamAsync(cancellationToken);
            return "the control plane ended the stream";
        }
        catch (RpcException exception)
        {
            return $"{exception.StatusCode}: {exception.Status.Detail}";
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException or TimeoutException)
        {
            return exception.Message;
        }
    }

    private async Task RunStreamAsync(CancellationToken cancellationToken)
    {
        using var stream = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var call = service.DeltaAggregatedResources(cancellationToken: stream.Token);
        try
        {
            var first = XdsClientProtocol.Connect(_state);
            first.Requests[0].Node = Node();
            await TakeAsync(call, first, stream.Token);
            stats.Connected = true;
            logger.Connected(options.XdsAddress, options.NodeId);
            var next = call.ResponseStream.MoveNext(stream.Token);
            while (true)
            {
                if (!await EndsInTimeAsync(next))
                {
                    await TakeAsync(call, XdsClientProtocol.Elapse(_state, Now), stream.Token);
                }
                else if (await next)
                {
                    _failures = 0;
                    await TakeAsync(call, XdsClientProtocol.Receive(_state, call.ResponseStream.Current, Now), stream.Token);
                    next = call.ResponseStream.MoveNext(stream.Token);
                }
                else
                {
                    return;
                }
            }
        }
        finally
        {
            await stream.CancelAsync();
        }
    }

    /// <summary>Puts the next state into service, then sends: what is acknowledged is already in use.</summary>
    private async Task TakeAsync(DeltaCall call, XdsStep step, CancellationToken cancellationToken)
    {
        Enter(step.State);
        foreach (var request in step.Requests)
        {
            if (request.ErrorDetail is { } error)
            {
                logger.Rejected(request.TypeUrl, request.ResponseNonce, error.Message);
            }

            await call.RequestStream.WriteAsync(request, cancellationToken).WaitAsync(WriteLimit, time, cancellationToken);
        }
    }

    private void Enter(XdsClientState next)
    {
        var before = _state;
        _state = next;
        if (ProxyConfigBuilder.Differs(before, next))
        {
            config.Publish(ProxyConfigBuilder.Build(next));
        }
    }

    /// <summary>Lets clusters that wait for endpoints go into service in time while there is no stream.</summary>
    private async Task WarmDuringAsync(Task pause)
    {
        while (!await EndsInTimeAsync(pause))
        {
            // Nothing can be sent; the next stream subscribes to everything anew.
            Enter(XdsClientProtocol.Elapse(_state, Now).State);
        }

        await pause;
    }

    /// <summary>Waits for a task, but not beyond the time at which a cluster stops waiting for its endpoints.</summary>
    private async Task<bool> EndsInTimeAsync(Task task)
    {
        if (_state.NextDeadline is not { } deadline)
        {
            await Task.WhenAny(task);
            return true;
        }

        var left = deadline - Now;
        using var cancel = new CancellationTokenSource();
        await Task.WhenAny(task, Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero, time, cancel.Token));
        await cancel.CancelAsync();
        return task.IsCompleted;
    }

    private Node Node()
    {
        var node = new Node
        {
            Id = options.NodeId,
            Cluster = options.NodeCluster,
            UserAgentName = "xds-canary-demo-proxy",
            UserAgentVersion = typeof(XdsClient).Assembly.GetName().Version?.ToString(3) ?? string.Empty,
        };
        if (options.NodeNamespace is { } space)
        {
            node.Metadata = new Struct { Fields = { ["namespace"] = Value.ForString(space) } };
        }

        return node;
    }
}

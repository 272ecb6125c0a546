using System.Collections.Immutable;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Xunit;

namespace XdsCanary.TestKit.Model;

/// <summary>
/// An xDS client that does what the test says, message by message, over a real connection. It knows as much of the protocol as
/// any client: what it was sent, what it accepted. Reading goes on in the background; sending may be done from anywhere.
/// </summary>
/// <typeparam name="TRequest">The variant's request.</typeparam>
/// <typeparam name="TResponse">The variant's response.</typeparam>
public abstract class ModelClient<TRequest, TResponse> : IAsyncDisposable
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    /// <summary>How long nothing more may come after a marker has shown that the server is done with what went before.</summary>
    public static readonly TimeSpan QuietTime = TimeSpan.FromMilliseconds(250);

    private static readonly ImmutableSortedDictionary<string, HeldResource> Nothing =
        ImmutableSortedDictionary.Create<string, HeldResource>(StringComparer.Ordinal);

    private readonly TimeProvider _time = TimeProvider.System;
    private readonly GrpcChannel? _ownChannel;
    private readonly CancellationTokenSource _life;
    private readonly AsyncDuplexStreamingCall<TRequest, TResponse> _call;
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly Lock _gate = new();
    private readonly List<TResponse> _received = [];
    private readonly List<TResponse> _unread = [];
    private readonly Dictionary<string, ImmutableSortedDictionary<string, HeldResource>> _held = new(StringComparer.Ordinal);
    private TaskCompletionSource _changed = NewSignal();
    private TaskCompletionSource _reading = CompletedSignal();
    private Status? _end;
    private Task _pump = Task.CompletedTask;
    private int _markers;

    private protected ModelClient(
        GrpcChannel? ownChannel, CancellationTokenSource life, AsyncDuplexStreamingCall<TRequest, TResponse> call)
    {
        _ownChannel = ownChannel;
        _life = life;
        _call = call;
    }

    /// <summary>True to accept each response as it arrives; may be changed at any time.</summary>
    public bool AutoAck { get; set; }

    /// <summary>Everything received so far, in order.</summary>
    public IReadOnlyList<TResponse> Received
    {
        get
        {
            lock (_gate)
            {
                return [.. _received];
            }
        }
    }

    /// <summary>The resources of a type that the client has accepted, by name.</summary>
    public ImmutableSortedDictionary<string, HeldResource> Held(string typeUrl)
    {
        lock (_gate)
        {
            return _held.GetValueOrDefault(typeUrl, Nothing);
        }
    }

    /// <summary>Sends a request exactly as it is.</summary>
    public async Task SendAsync(TRequest request)
    {
        await _sending.WaitAsync(_life.Token);
        try
        {
            await _call.RequestStream.WriteAsync(request, _life.Token);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Accepts a response: holds what it brings and says so.</summary>
    public abstract Task AckAsync(TResponse response);

    /// <summary>Rejects a response.</summary>
    public abstract Task NackAsync(TResponse response, string message = "the model client does not like it");

    /// <summary>Takes the next response that was not taken yet; with a type, the next of that type, leaving others.</summary>
    public async Task<TResponse> ReceiveAsync(string? typeUrl = null, TimeSpan? timeout = null)
    {
        var limit = timeout ?? Eventually.DefaultTimeout;
        var started = _time.GetTimestamp();
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                var index = _unread.FindIndex(response => typeUrl is null || TypeUrlOf(response) == typeUrl);
                if (index >= 0)
                {
                    var response = _unread[index];
                    _unread.RemoveAt(index);
                    return response;
                }

                changed = _changed.Task;
                if (_end is { } end)
                {
                    throw new RpcException(end, $"The stream ended while a response was awaited: {end}");
                }
            }

            await WaitAsync(changed, limit - _time.GetElapsedTime(started), $"no response ({typeUrl ?? "any type"})");
        }
    }

    /// <summary>
    /// Fails if a response of a type is there that was not taken, or comes before the server has answered a later request, or
    /// within <see cref="QuietTime"/> of that answer.
    /// </summary>
    /// <param name="typeUrl">The type that must be silent.</param>
    /// <param name="pushMarker">
    /// Makes the server send something of the marker's type; null asks for a name that does not exist, which a server answers.
    /// </param>
    /// <param name="markerTypeUrl">The type of the marker.</param>
    public async Task ExpectSilenceAsync(
        string typeUrl, Func<Task>? pushMarker = null, string markerTypeUrl = TypeUrls.Secret)
    {
        if (pushMarker is not null)
        {
            await pushMarker();
        }
        else
        {
            await AskForAsync(markerTypeUrl, $"silence-marker-{++_markers}");
        }

        var marker = await ReceiveAsync(markerTypeUrl);
        if (!AutoAck)
        {
            await AckAsync(marker);
        }

        await Task.Delay(QuietTime, _time, TestContext.Current.CancellationToken);
        lock (_gate)
        {
            var unexpected = _unread.Find(response => TypeUrlOf(response) == typeUrl);
            Assert.True(unexpected is null, $"Silence was expected for {typeUrl}; this came: {unexpected}");
        }
    }

    /// <summary>Waits for the server to end the stream.</summary>
    /// <returns>How it ended.</returns>
    public async Task<Status> EndsAsync(TimeSpan? timeout = null)
    {
        await WaitAsync(_pump, timeout ?? Eventually.DefaultTimeout, "the stream did not end");
        return _end ?? Status.DefaultSuccess;
    }

    /// <summary>Tells the server that no further request will come.</summary>
    public Task CompleteAsync() => _call.RequestStream.CompleteAsync();

    /// <summary>Stops taking bytes from the stream, so that the server's writes stall once buffers are full.</summary>
    public void PauseReading() => _reading = NewSignal();

    /// <summary>Takes bytes again.</summary>
    public void ResumeReading() => _reading.TrySetResult();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _life.CancelAsync();
        ResumeReading();
        await _pump;
        _call.Dispose();
        _ownChannel?.Dispose();
        _sending.Dispose();
        _life.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected abstract string TypeUrlOf(TResponse response);

    /// <summary>Subscribes to one more name.</summary>
    private protected abstract Task AskForAsync(string typeUrl, string name);

    /// <summary>Called for each response before it can be taken.</summary>
    private protected abstract void OnReceived(TResponse response);

    private protected void Hold(
        string typeUrl,
        Func<ImmutableSortedDictionary<string, HeldResource>, ImmutableSortedDictionary<string, HeldResource>> change)
    {
        lock (_gate)
        {
            _held[typeUrl] = change(Held(typeUrl));
        }
    }

    private protected void StartReading() => _pump = PumpAsync();

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static TaskCompletionSource CompletedSignal()
    {
        var signal = NewSignal();
        signal.SetResult();
        return signal;
    }

    private async Task PumpAsync()
    {
        var end = Status.DefaultSuccess;
        try
        {
            while (await _call.ResponseStream.MoveNext(_life.Token))
            {
                var response = _call.ResponseStream.Current;
                OnReceived(response);
                Change(() =>
                {
                    _received.Add(response);
                    _unread.Add(response);
                });
                if (AutoAck)
                {
                    await AckAsync(response);
                }

                await _reading.Task;
            }
        }
        catch (RpcException exception)
        {
            end = exception.Status;
        }
        catch (Exception exception) when (exception is OperationCanceledException or InvalidOperationException)
        {
            // An ACK on a stream that has just ended, or the end of this client.
            end = new Status(StatusCode.Cancelled, exception.Message);
        }

        Change(() => _end = end);
    }

    private void Change(Action change)
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            change();
            changed = _changed;
            _changed = NewSignal();
        }

        changed.SetResult();
    }

    private async Task WaitAsync(Task task, TimeSpan limit, string complaint)
    {
        try
        {
            var left = limit > TimeSpan.Zero ? limit : TimeSpan.Zero;
            await task.WaitAsync(left, _time, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            var received = Received;
            var last = received.Count > 0 ? received[^1].ToString() : "none";
            Assert.Fail($"In time: {complaint}. {received.Count} responses came; the last: {last}");
        }
    }
}

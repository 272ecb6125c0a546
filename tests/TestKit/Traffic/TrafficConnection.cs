using System.Net;
using System.Net.Sockets;

namespace XdsCanary.TestKit.Traffic;

/// <summary>
/// One keep-alive connection of a load: asks, waits for the answer, asks again. Used by one loop, watched by another.
/// </summary>
internal sealed class TrafficConnection(TrafficOptions options, byte[] request, TrafficTally tally, TimeProvider time)
    : IDisposable
{
    private const long Idle = 0;

    private readonly AnswerReader _reader = new();
    private Socket? _socket;
    private long _askedAt = Idle;
    private volatile bool _timedOut;

    /// <summary>Sends one request and counts what comes of it.</summary>
    /// <returns>True if an answer came, whatever it says.</returns>
    public async ValueTask<bool> AskAsync()
    {
        _timedOut = false;
        Interlocked.Exchange(ref _askedAt, time.GetTimestamp());
        try
        {
            var socket = _socket ?? await ConnectAsync();
            await socket.SendAsync(request, SocketFlags.None);
            var answer = await _reader.ReadAsync(socket);
            tally.AddAnswer(answer);
            if (answer.Closes)
            {
                Close();
            }

            return true;
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException)
        {
            tally.AddError(_timedOut ? $"no answer within {options.Timeout.TotalSeconds:0.#} s" : exception.Message);
            Close();
            return false;
        }
        finally
        {
            Interlocked.Exchange(ref _askedAt, Idle);
        }
    }

    /// <summary>
    /// Breaks the connection if its answer is overdue. A timer for each request would cost more than the request.
    /// </summary>
    public void BreakIfOverdue()
    {
        var askedAt = Interlocked.Read(ref _askedAt);
        if (askedAt != Idle && time.GetElapsedTime(askedAt) > options.Timeout)
        {
            _timedOut = true;
            Volatile.Read(ref _socket)?.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Close();

    private void Close()
    {
        _socket?.Dispose();
        _socket = null;
    }

    private async ValueTask<Socket> ConnectAsync()
    {
        // Kept before it is connected, so that it can be broken while it tries.
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await _socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, options.Port));
        return _socket;
    }
}

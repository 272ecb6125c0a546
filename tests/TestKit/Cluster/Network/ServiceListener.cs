using System.Net;
using System.Net.Sockets;

namespace XdsCanary.TestKit.Cluster.Network;

/// <summary>
/// Listens on a port of a Service and joins each connection to one of its endpoints, in turn. Strict: a connection whose endpoint
/// does not answer is broken, not given to another. Connections that are made stay when their endpoint is taken away.
/// </summary>
internal sealed class ServiceListener : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly CancellationTokenSource _closed = new();
    private readonly CancellationToken _stop;
    private readonly Task _loop;
    private volatile Endpoint[] _endpoints;
    private int _turn = -1;

    /// <summary>Listens.</summary>
    /// <param name="port">Where.</param>
    /// <param name="endpoints">Where connections go.</param>
    /// <param name="stop">Ends the connections; <see cref="DisposeAsync"/> only takes no more of them.</param>
    public ServiceListener(ServicePort port, Endpoint[] endpoints, CancellationToken stop)
    {
        _endpoints = endpoints;
        _stop = stop;
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _socket.Bind(new IPEndPoint(port.Address, port.Port));
        _socket.Listen(512);
        _loop = Task.Run(AcceptAsync, CancellationToken.None);
    }

    /// <summary>Where new connections go.</summary>
    public void Use(Endpoint[] endpoints) => _endpoints = endpoints;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _closed.CancelAsync();
        _socket.Dispose();
        await _loop;
        _closed.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_closed.IsCancellationRequested)
        {
            try
            {
                _ = JoinAsync(await _socket.AcceptAsync(_closed.Token));
            }
            catch (Exception exception) when (exception is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // Closed, or a caller that hung up before it was heard.
            }
        }
    }

    private async Task JoinAsync(Socket caller)
    {
        using var owned = caller;
        using var callee = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            (caller.NoDelay, callee.NoDelay) = (true, true);
            var endpoints = _endpoints;
            var target = endpoints[(int)((uint)Interlocked.Increment(ref _turn) % (uint)endpoints.Length)];
            await callee.ConnectAsync(new IPEndPoint(target.Address, target.Port), _stop);
            await Task.WhenAll(PumpAsync(caller, callee), PumpAsync(callee, caller));
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            Break(caller);
            Break(callee);
        }
    }

    // The other side is to see a break, not an orderly end.
    private static void Break(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It is broken already.
        }

        socket.Dispose();
    }

    private async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, _stop) is > 0 and var count)
            {
                for (var sent = 0; sent < count;)
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), _stop);
                }
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch
        {
            // The other direction must not wait for a peer that is gone.
            Break(from);
            Break(to);
            throw;
        }
    }
}

using System.Net;
using Microsoft.AspNetCore.Connections;

namespace XdsCanary.DemoProxy.Serving;

/// <summary>
/// A transport that opens ports as another one does, and accepts <see cref="EndPoint"/> as an address on which no connection
/// ever arrives: an endpoint that exists for its pipeline only.
/// </summary>
/// <param name="ports">The transport that opens ports.</param>
internal sealed class PortlessTransport(IConnectionListenerFactory ports) : IConnectionListenerFactory
{
    /// <summary>The address without a port.</summary>
    public static EndPoint EndPoint { get; } = new NoEndPoint();

    /// <inheritdoc/>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        endpoint is NoEndPoint
            ? new ValueTask<IConnectionListener>(new SilentListener())
            : ports.BindAsync(endpoint, cancellationToken);

    private sealed class NoEndPoint : EndPoint
    {
        public override string ToString() => "http://portless:1";
    }

    private sealed class SilentListener : IConnectionListener
    {
        private readonly TaskCompletionSource<ConnectionContext?> _closed =
            new(TaskCreationOptions.RunContinuationsAsynchronously);

        public EndPoint EndPoint => PortlessTransport.EndPoint;

        public ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) => new(_closed.Task);

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            _closed.TrySetResult(null);
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => UnbindAsync();
    }
}

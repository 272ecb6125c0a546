using System.Collections.Immutable;
using System.Net;
using Microsoft.Extensions.Logging;
using XdsCanary.DemoProxy.Model;
using XdsCanary.DemoProxy.Observability;

namespace XdsCanary.DemoProxy.Serving;

/// <summary>Opens and closes ports so that the listeners of the configuration serve. One loop owns the ports.</summary>
/// <param name="config">The configuration in service.</param>
/// <param name="handler">Handles requests.</param>
/// <param name="loggers">Makes loggers.</param>
/// <param name="time">The clock.</param>
internal sealed class ListenerLoop(ConfigHolder config, RequestHandler handler, ILoggerFactory loggers, TimeProvider time)
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    private readonly ILogger _logger = loggers.CreateLogger<ListenerLoop>();
    private readonly Dictionary<string, (IPEndPoint Wanted, HttpPort Port)> _ports = new(StringComparer.Ordinal);
    private readonly HashSet<string> _failing = new(StringComparer.Ordinal);
    private volatile ImmutableDictionary<string, IPEndPoint> _addresses = ImmutableDictionary<string, IPEndPoint>.Empty;

    /// <summary>Where each listener serves, by name.</summary>
    public ImmutableDictionary<string, IPEndPoint> Addresses => _addresses;

    /// <summary>Follows the configuration until it is cancelled, then closes all ports.</summary>
    /// <param name="cancellationToken">Ends the loop.</param>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await ApplyAsync(config.Current, cancellationToken);
                await WaitAsync(cancellationToken);
            }
        }
        finally
        {
            await Task.WhenAll(_ports.Values.Select(entry => entry.Port.DisposeAsync().AsTask()));
        }
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        if (_failing.Count == 0)
        {
            await config.WaitForChangeAsync(cancellationToken);
            return;
        }

        using var retry = new CancellationTokenSource(RetryPause, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, retry.Token);
        try
        {
            await config.WaitForChangeAsync(either.Token);
        }
        catch (OperationCanceledException) when (retry.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // An address that was in use may be free by now.
        }
    }

    private async Task ApplyAsync(ProxyConfig wanted, CancellationToken cancellationToken)
    {
        foreach (var (name, (address, port)) in _ports.ToArray())
        {
            if (!wanted.Listeners.TryGetValue(name, out var listener) || !listener.Spec.Address.Equals(address))
            {
                _ports.Remove(name);
                Publish();
                await port.DisposeAsync();
                _logger.ListenerStopped(name);
            }
        }

        _failing.RemoveWhere(name => !wanted.Listeners.ContainsKey(name));
        foreach (var (name, listener) in wanted.Listeners)
        {
            if (!_ports.ContainsKey(name))
            {
                await OpenAsync(name, listener.Spec.Address, cancellationToken);
            }
        }
    }

    private async Task OpenAsync(string name, IPEndPoint address, CancellationToken cancellationToken)
    {
        try
        {
            var port = await HttpPort.StartAsync(
                address, context => handler.HandleAsync(name, context), loggers, time, cancellationToken);
            _ports[name] = (address, port);
            _failing.Remove(name);
            Publish();
            _logger.ListenerStarted(name, port.Address.ToString());
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            if (_failing.Add(name))
            {
                _logger.ListenerFailed(name, address.ToString(), exception.Message);
            }
        }
    }

    private void Publish() => _addresses = _ports.ToImmutableDictionary(entry => entry.Key, entry => entry.Value.Port.Address);
}

using System.Net.Sockets;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.TestKit.Cluster.Network;

namespace XdsCanary.TestKit.Cluster;

/// <summary>
/// kube-proxy and DNS of a cluster: connections to a Service's cluster address go to its ready endpoints, and the hosts file of the
/// private network has the Services' names. Programs written in Go look at that file every five seconds at most.
/// </summary>
public sealed class ServiceProxy : IAsyncDisposable
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(200);

    private readonly Dictionary<ServicePort, ServiceListener> _listeners = [];
    private readonly ChangeSignal _changed = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly ResourceFollower _services;
    private readonly ResourceFollower _slices;
    private readonly string? _bareNamesOf;
    private readonly Task _loop;
    private string _hosts = string.Empty;

    /// <summary>Begins to work.</summary>
    /// <param name="api">The API server, with all rights.</param>
    /// <param name="bareNamesOf">The namespace whose Services have names without a namespace, too; null for none.</param>
    public ServiceProxy(KubeApi api, string? bareNamesOf)
    {
        _bareNamesOf = bareNamesOf;
        _services = new ResourceFollower(api, "/api/v1/services", (_, _) => _changed.Raise());
        _slices = new ResourceFollower(api, "/apis/discovery.k8s.io/v1/endpointslices", (_, _) => _changed.Raise());
        _loop = Task.Run(RunAsync);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _slices.DisposeAsync();
        await _stop.CancelAsync();
        await _loop;
        foreach (var listener in _listeners.Values)
        {
            await listener.DisposeAsync();
        }

        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            // Half of what there is would look like Services without endpoints.
            await Task.WhenAll(_services.Synced, _slices.Synced).WaitAsync(_stop.Token);
            while (true)
            {
                _stop.Token.ThrowIfCancellationRequested();
                var seen = _changed.Version;
                var isDone = await UpdateAsync();
                var change = _changed.WaitAsync(seen, _stop.Token);
                await (isDone ? change : Task.WhenAny(change, Task.Delay(RetryInterval, TimeProvider.System, _stop.Token)));
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Disposed.
        }
    }

    private async Task<bool> UpdateAsync()
    {
        var wanted = ServiceTable.Ports(_services.Objects, _slices.Objects);
        foreach (var port in _listeners.Keys.Except(wanted.Keys).ToArray())
        {
            _listeners.Remove(port, out var listener);
            await listener!.DisposeAsync();
        }

        var isDone = true;
        foreach (var (port, endpoints) in wanted)
        {
            isDone &= TryListen(port, endpoints);
        }

        var hosts = ServiceTable.Hosts(_services.Objects, _slices.Objects, _bareNamesOf);
        if (hosts != _hosts)
        {
            // Whole, at once: somebody may be reading.
            var file = $"{PrivateNetwork.HostsFile}.new";
            await File.WriteAllTextAsync(file, hosts);
            File.Move(file, PrivateNetwork.HostsFile, overwrite: true);
            _hosts = hosts;
        }

        return isDone;
    }

    private bool TryListen(ServicePort port, Endpoint[] endpoints)
    {
        if (_listeners.TryGetValue(port, out var listener))
        {
            listener.Use(endpoints);
            return true;
        }

        try
        {
            _listeners[port] = new ServiceListener(port, endpoints, _stop.Token);
            return true;
        }
        catch (SocketException)
        {
            // Taken by a program that listens on every address: it may go again.
            return false;
        }
    }
}

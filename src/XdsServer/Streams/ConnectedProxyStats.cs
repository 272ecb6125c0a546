using System.Collections.Immutable;
using XdsCanary.CanaryEngine.Ports;

namespace XdsCanary.XdsServer.Streams;

/// <summary>
/// Knows where the statistics of the connected proxies can be read: what each proxy's <c>node.metadata.admin</c> says, and what
/// the settings add, whose namespace nobody tells. Thread-safe.
/// </summary>
/// <param name="registry">The open streams.</param>
/// <param name="configured">Addresses that are read whether a proxy is connected or not.</param>
internal sealed class ConnectedProxyStats(StreamRegistry registry, ImmutableArray<Uri> configured) : IProxyStats
{
    private ImmutableArray<Uri> _added = configured;

    /// <summary>The proxies of this replica, each address once.</summary>
    public ImmutableArray<ProxyEndpoint> Proxies => ProxyEndpoint.Once(registry.Streams
        .Select(stream => stream.Node is { } node && ProxyAdminAddress.Find(node.Admin, stream.Peer) is { } address
            ? new ProxyEndpoint(address, node.Group.Namespace)
            : null)
        .OfType<ProxyEndpoint>()
        .Concat(_added.Select(address => new ProxyEndpoint(address, null))));

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<ProxyEndpoint>> FindAsync(CancellationToken cancellationToken) => ValueTask.FromResult(Proxies);

    /// <summary>Adds a proxy whose address was not known before it was started.</summary>
    /// <param name="endpoint">The address of its admin interface.</param>
    public void Add(Uri endpoint) => ImmutableInterlocked.Update(ref _added, added => added.Add(endpoint));
}

using System.Collections.Immutable;
using XdsCanary.CanaryEngine.Ports;

namespace XdsCanary.XdsServer.Streams;

/// <summary>
/// Knows where the statistics of the connected proxies can be read: what each proxy's <c>node.metadata.admin</c> says, and what
/// the settings add. Thread-safe.
/// </summary>
/// <param name="registry">The open streams.</param>
/// <param name="configured">Addresses that are read whether a proxy is connected or not.</param>
internal sealed class ConnectedProxyStats(StreamRegistry registry, ImmutableArray<Uri> configured) : IProxyStats
{
    private ImmutableArray<Uri> _added = configured;

    /// <summary>The addresses of the proxies' admin interfaces, each once.</summary>
    public ImmutableArray<Uri> Endpoints =>
    [
        .. registry.Streams
            .Select(stream => stream.Node is { } node ? ProxyAdminAddress.Find(node.Admin, stream.Peer) : null)
            .OfType<Uri>()
            .Concat(_added)
            .Distinct()
            .OrderBy(endpoint => endpoint.AbsoluteUri, StringComparer.Ordinal),
    ];

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<Uri>> FindAsync(CancellationToken cancellationToken) => ValueTask.FromResult(Endpoints);

    /// <summary>Adds a proxy whose address was not known before it was started.</summary>
    /// <param name="endpoint">The address of its admin interface.</param>
    public void Add(Uri endpoint) => ImmutableInterlocked.Update(ref _added, added => added.Add(endpoint));
}

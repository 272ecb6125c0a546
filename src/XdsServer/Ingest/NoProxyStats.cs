using System.Collections.Immutable;
using XdsCanary.CanaryEngine.Ports;

namespace XdsCanary.XdsServer.Ingest;

/// <summary>Temp.</summary>
internal sealed class NoProxyStats : IProxyStats
{
    /// <inheritdoc/>
    public ImmutableArray<Uri> Endpoints => [];
}

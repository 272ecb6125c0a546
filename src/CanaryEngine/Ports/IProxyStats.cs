using System.Collections.Immutable;

namespace XdsCanary.CanaryEngine.Ports;

/// <summary>Tells where the connected proxies' own statistics can be read, for the embedded metrics. Thread-safe.</summary>
public interface IProxyStats
{
    /// <summary>The addresses of the proxies' admin interfaces, for example <c>http://127.0.0.1:9901</c>, each once.</summary>
    ImmutableArray<Uri> Endpoints { get; }
}

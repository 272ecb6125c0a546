using System.Collections.Frozen;
using XdsCanary.XdsServer.Model;

namespace XdsCanary.XdsServer.Ingest;

/// <summary>Finds out what is spoken on a Service's port.</summary>
internal static class PortProtocols
{
    private static readonly FrozenDictionary<string, PortProtocol> Known = new Dictionary<string, PortProtocol>
    {
        ["http"] = PortProtocol.Http,
        ["http1"] = PortProtocol.Http,
        ["http/1.1"] = PortProtocol.Http,
        ["ws"] = PortProtocol.Http,
        ["kubernetes.io/ws"] = PortProtocol.Http,
        ["grpc-web"] = PortProtocol.Http,
        ["http2"] = PortProtocol.Http2,
        ["h2c"] = PortProtocol.Http2,
        ["kubernetes.io/h2c"] = PortProtocol.Http2,
        ["grpc"] = PortProtocol.Http2,
        ["https"] = PortProtocol.Https,
        ["wss"] = PortProtocol.Https,
        ["kubernetes.io/wss"] = PortProtocol.Https,
        ["tcp"] = PortProtocol.Tcp,
        ["tls"] = PortProtocol.Tcp,
        ["mongo"] = PortProtocol.Tcp,
        ["mysql"] = PortProtocol.Tcp,
        ["redis"] = PortProtocol.Tcp,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Chooses by the transport, then <c>appProtocol</c>, then the part of the port's name before the first '-', else HTTP.
    /// An <c>appProtocol</c> that is not known here and whose port's name says nothing is a byte stream: its owner wrote
    /// down that it is something else than HTTP.
    /// </summary>
    /// <param name="transport"><c>protocol</c>: TCP or UDP.</param>
    /// <param name="appProtocol"><c>appProtocol</c>; null when not given.</param>
    /// <param name="name">The port's name; may be empty.</param>
    public static PortProtocol Choose(string transport, string? appProtocol, string name)
    {
        if (transport == "UDP")
        {
            return PortProtocol.Udp;
        }

        if (appProtocol is { Length: > 0 } && Known.TryGetValue(appProtocol, out var declared))
        {
            return declared;
        }

        // "grpc-web" has a '-' of its own and is not gRPC.
        var prefix = name.StartsWith("grpc-web", StringComparison.Ordinal) ? "grpc-web" : name.Split('-')[0];
        return Known.TryGetValue(prefix, out var named) ? named
            : appProtocol is { Length: > 0 } ? PortProtocol.Tcp
            : PortProtocol.Http;
    }
}

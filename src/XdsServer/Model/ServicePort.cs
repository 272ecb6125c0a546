namespace XdsCanary.XdsServer.Model;

/// <summary>What is spoken on a port: how a proxy talks to the endpoints behind it, and whether it can route requests.</summary>
internal enum PortProtocol
{
    /// <summary>HTTP/1.1 in clear text, upgrades to WebSocket included. What a port without any hint is taken for.</summary>
    Http,

    /// <summary>HTTP/2 in clear text with prior knowledge; gRPC.</summary>
    Http2,

    /// <summary>HTTP/1.1 inside TLS.</summary>
    Https,

    /// <summary>A byte stream; requests in it cannot be seen.</summary>
    Tcp,

    /// <summary>Datagrams.</summary>
    Udp,
}

/// <summary>A port of a service.</summary>
/// <param name="Number">The number that clients use, 1 to 65535; not that of the endpoints. Unique within the service.</param>
/// <param name="Name">The name by which endpoints refer to it; empty for the only port of a service.</param>
/// <param name="Protocol">What is spoken on it.</param>
internal sealed record ServicePort(int Number, string Name, PortProtocol Protocol)
{
    /// <summary>True when requests on the port can be routed one by one.</summary>
    public bool IsHttp => Protocol is PortProtocol.Http or PortProtocol.Http2 or PortProtocol.Https;
}

using Envoy.Config.Core.V3;

namespace XdsCanary.DemoProxy.Reading;

/// <summary>Conditions that several kinds of resources must meet.</summary>
internal static class Require
{
    /// <summary>Refuses a resource.</summary>
    /// <param name="reason">Why.</param>
    public static UnusableResourceException Unusable(string reason) => new(reason);

    /// <summary>Refuses a field that would change what happens to requests and that this data plane does not know.</summary>
    /// <param name="isSet">Whether the field is set.</param>
    /// <param name="field">The field's path in the resource.</param>
    /// <exception cref="UnusableResourceException">It is set.</exception>
    public static void Absent(bool isSet, string field)
    {
        if (isSet)
        {
            throw new UnusableResourceException($"{field} is not supported by the embedded data plane");
        }
    }

    /// <summary>Refuses transport security, which this data plane has not.</summary>
    /// <param name="socket">The transport socket; null for none.</param>
    /// <exception cref="UnusableResourceException">It is something else than plain text.</exception>
    public static void PlainText(TransportSocket? socket)
    {
        if (socket is not null && socket.Name != "envoy.transport_sockets.raw_buffer")
        {
            throw new UnusableResourceException($"transport_socket '{socket.Name}' is not supported by the embedded data plane");
        }
    }

    /// <summary>Refuses a source of resources other than the stream that is open anyway.</summary>
    /// <param name="source">The source; null when it is missing.</param>
    /// <param name="field">The field's path in the resource.</param>
    /// <exception cref="UnusableResourceException">It is neither ads nor self.</exception>
    public static void Ads(ConfigSource? source, string field)
    {
        if (source?.ConfigSourceSpecifierCase is not
            (ConfigSource.ConfigSourceSpecifierOneofCase.Ads or ConfigSource.ConfigSourceSpecifierOneofCase.Self))
        {
            throw new UnusableResourceException($"{field} must be 'ads'");
        }
    }

    /// <summary>The socket address in an address.</summary>
    /// <param name="address">The address; null when it is missing.</param>
    /// <exception cref="UnusableResourceException">It is not a TCP address with a port number.</exception>
    public static SocketAddress Socket(Address? address)
    {
        var socket = address?.SocketAddress;
        return socket is { Protocol: SocketAddress.Types.Protocol.Tcp }
            && socket.PortSpecifierCase == SocketAddress.PortSpecifierOneofCase.PortValue
            && socket.PortValue <= ushort.MaxValue
            ? socket
            : throw new UnusableResourceException("the address must be a TCP socket_address with a port_value");
    }
}

using System.Globalization;
using System.Net;

namespace XdsCanary.XdsServer.Streams;

/// <summary>Finds out where a proxy's admin interface is reached, from what the proxy says and where it connects from. Pure.</summary>
internal static class ProxyAdminAddress
{
    /// <summary>Finds it.</summary>
    /// <param name="admin">What the proxy says: <c>host:port</c>, <c>:port</c> or <c>port</c>.</param>
    /// <param name="peer">The address that it connects from, as gRPC writes it: <c>ipv4:10.0.0.1:54321</c>.</param>
    /// <returns>Null when it says nothing usable, or names another machine than the one that it connects from.</returns>
    public static Uri? Find(string admin, string peer)
    {
        var text = admin.Trim();
        var colon = text.LastIndexOf(':');
        if (!ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port == 0)
        {
            return null;
        }

        var host = colon > 0 ? text[..colon].Trim('[', ']') : string.Empty;
        return PeerOf(peer) is { } remote && IsOwn(host, remote)
            ? new UriBuilder(Uri.UriSchemeHttp, remote.ToString(), port).Uri
            : null;
    }

    // A proxy speaks for its own machine only: anything else would let it send requests of ours wherever it likes.
    private static bool IsOwn(string host, IPAddress remote)
    {
        if (host.Length == 0)
        {
            return true;
        }

        return IPAddress.TryParse(host, out var address)
            && (address.Equals(remote) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)
                || (IPAddress.IsLoopback(address) && IPAddress.IsLoopback(remote)));
    }

    private static IPAddress? PeerOf(string peer)
    {
        var scheme = peer.IndexOf(':', StringComparison.Ordinal);
        if (scheme < 0 || !IPEndPoint.TryParse(peer.AsSpan(scheme + 1), out var end))
        {
            return null;
        }

        return end.Address.IsIPv4MappedToIPv6 ? end.Address.MapToIPv4() : end.Address;
    }
}

using System.Globalization;
using System.Net;

namespace XdsCanary.XdsServer.Streams;

/// <summary>Finds out where a proxy's admin interface is reached, from what the proxy says and where it connects from. Pure.</summary>
internal static class ProxyAdminAddress
{
    /// <summary>Finds it.</summary>
    /// <param name="admin">What the proxy says: <c>host:port</c>, <c>:port</c> or <c>port</c>.</param>
    /// <param name="peer">The address that it connects from, as gRPC writes it: <c>ipv4:10.0.0.1:54321</c>.</param>
    /// <returns>Null when it says nothing usable, or an address that only its own machine can reach.</returns>
    public static Uri? Find(string admin, string peer)
    {
        var text = admin.Trim();
        var colon = text.LastIndexOf(':');
        if (!ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port == 0)
        {
            return null;
        }

        var host = colon > 0 ? text[..colon].Trim('[', ']') : string.Empty;
        var remote = PeerOf(peer);
        if (IPAddress.TryParse(host, out var address))
        {
            if (IPAddress.IsLoopback(address) && remote is not null && !IPAddress.IsLoopback(remote))
            {
                return null;
            }

            host = address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) ? string.Empty : host;
        }

        if (host.Length == 0)
        {
            host = remote?.ToString() ?? string.Empty;
        }

        return Uri.CheckHostName(host) == UriHostNameType.Unknown ? null : new UriBuilder(Uri.UriSchemeHttp, host, port).Uri;
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

namespace XdsCanary.DemoProxy.Model;

/// <summary>The form in which authorities are compared with domains.</summary>
internal static class Authority
{
    /// <summary>Strips a trailing dot of the host name, and the port when it does not count.</summary>
    /// <param name="authority">The authority, for example <c>shop.default.:80</c>.</param>
    /// <param name="ignorePort">Whether to leave out the port.</param>
    public static string Normalize(string authority, bool ignorePort)
    {
        // The colons inside an IPv6 literal are not port separators.
        var colon = authority.LastIndexOf(':');
        var hasPort = colon >= 0 && colon > authority.LastIndexOf(']');
        var host = hasPort ? authority.AsSpan(0, colon) : authority;
        var port = hasPort && !ignorePort ? authority.AsSpan(colon) : [];
        if (host.Length > 1 && host[^1] == '.')
        {
            host = host[..^1];
        }

        return host.Length + port.Length == authority.Length ? authority : string.Concat(host, port);
    }
}

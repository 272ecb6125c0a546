using System.Collections.Immutable;

namespace XdsCanary.CanaryEngine.Ports;

/// <summary>Where a proxy's own statistics can be read, and whose services have their bare names in them. Immutable.</summary>
/// <param name="Address">The address of its admin interface, for example <c>http://127.0.0.1:9901</c>.</param>
/// <param name="Namespace">
/// The proxy's own namespace: services of it are counted under their names, those of others under <c>namespace_name</c>. Null when it
/// is not known.
/// </param>
public sealed record ProxyEndpoint(Uri Address, string? Namespace)
{
    /// <summary>
    /// Names each address once, in ordinal order. Where one tells the namespace and another does not, it is known; where two contradict
    /// each other, it is not.
    /// </summary>
    /// <param name="proxies">Proxies, some perhaps several times.</param>
    public static ImmutableArray<ProxyEndpoint> Once(IEnumerable<ProxyEndpoint> proxies) =>
    [
        .. proxies
            .GroupBy(proxy => proxy.Address, proxy => proxy.Namespace)
            .Select(same => new ProxyEndpoint(
                same.Key, same.OfType<string>().Distinct().Take(2).ToArray() is [var single] ? single : null))
            .OrderBy(proxy => proxy.Address.AbsoluteUri, StringComparer.Ordinal),
    ];
}

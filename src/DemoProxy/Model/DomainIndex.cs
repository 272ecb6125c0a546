using System.Collections.Frozen;
using System.Collections.Immutable;

namespace XdsCanary.DemoProxy.Model;

/// <summary>
/// Finds the virtual host of an authority in Envoy's order: the exact domain, the longest suffix wildcard (<c>*.x</c>), the
/// longest prefix wildcard (<c>x.*</c>), then <c>*</c>. Case does not matter. A wildcard never stands for nothing.
/// </summary>
internal sealed class DomainIndex
{
    private readonly FrozenDictionary<string, VirtualHost> _exact;
    private readonly ImmutableArray<(string Text, VirtualHost Host)> _suffixes;
    private readonly ImmutableArray<(string Text, VirtualHost Host)> _prefixes;
    private readonly VirtualHost? _default;

    private DomainIndex(ImmutableArray<VirtualHost> hosts, List<(string Domain, VirtualHost Host)> entries)
    {
        VirtualHosts = hosts;
        _default = entries.FirstOrDefault(entry => entry.Domain == "*").Host;
        _exact = entries.Where(entry => !entry.Domain.Contains('*', StringComparison.Ordinal))
            .ToFrozenDictionary(entry => entry.Domain, entry => entry.Host, StringComparer.OrdinalIgnoreCase);
        _suffixes = Longest(entries.Where(entry => entry.Domain.Length > 1 && entry.Domain[0] == '*')
            .Select(entry => (entry.Domain[1..], entry.Host)));
        _prefixes = Longest(entries.Where(entry => entry.Domain.Length > 1 && entry.Domain[^1] == '*')
            .Select(entry => (entry.Domain[..^1], entry.Host)));
    }

    /// <summary>All virtual hosts.</summary>
    public ImmutableArray<VirtualHost> VirtualHosts { get; }

    /// <summary>Makes an index.</summary>
    /// <param name="hosts">The virtual hosts; no domain may occur twice.</param>
    /// <exception cref="ArgumentException">A domain occurs twice.</exception>
    public static DomainIndex Create(ImmutableArray<VirtualHost> hosts)
    {
        var entries = hosts.SelectMany(host => host.Domains.Select(domain => (domain, host))).ToList();
        var repeated = entries.GroupBy(entry => entry.domain, StringComparer.OrdinalIgnoreCase)
            .FirstOrDefault(group => group.Count() > 1);
        return repeated is null
            ? new DomainIndex(hosts, entries)
            : throw new ArgumentException($"the domain '{repeated.Key}' occurs more than once", nameof(hosts));
    }

    /// <summary>The virtual host of an authority; null when none matches.</summary>
    /// <param name="authority">The authority, normalized.</param>
    public VirtualHost? Find(string authority)
    {
        if (_exact.TryGetValue(authority, out var host))
        {
            return host;
        }

        foreach (var (text, candidate) in _suffixes)
        {
            if (authority.Length > text.Length && authority.EndsWith(text, StringComparison.OrdinalIgnoreCase))
            {
                return candidate;
            }
        }

        foreach (var (text, candidate) in _prefixes)
        {
            if (authority.Length > text.Length && authority.StartsWith(text, StringComparison.OrdinalIgnoreCase))
            {
                return candidate;
            }
        }

        return _default;
    }

    private static ImmutableArray<(string Text, VirtualHost Host)> Longest(
        IEnumerable<(string Text, VirtualHost Host)> entries) =>
        [.. entries.OrderByDescending(entry => entry.Text.Length)];
}

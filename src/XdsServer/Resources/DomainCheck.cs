using System.Collections.Immutable;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Ingest;
using XdsCanary.XdsServer.Model;

namespace XdsCanary.XdsServer.Resources;

/// <summary>The outcome of <see cref="DomainCheck"/>.</summary>
/// <param name="Domains">The domains of each virtual host that has any, in the order claimed.</param>
/// <param name="Findings">What was left out, by service.</param>
internal sealed record DomainOwnership(
    ImmutableDictionary<string, EquatableArray<string>> Domains, ImmutableArray<ObjectFinding> Findings);

/// <summary>
/// Gives each domain to one virtual host. Envoy rejects a route configuration in which two virtual hosts share a domain
/// (<c>config.route.v3.VirtualHost.domains</c>), so one careless service would keep all others from being updated.
/// </summary>
internal static class DomainCheck
{
    /// <summary>
    /// Shares out domains: a name that follows from a service's own beats one that was added, then the service that comes first
    /// by namespace and name has it, then the virtual host that claimed it first.
    /// </summary>
    /// <param name="claims">The claims, in the order in which a virtual host is to list its domains.</param>
    public static DomainOwnership Resolve(IReadOnlyCollection<DomainClaim> claims)
    {
        var owners = new Dictionary<string, DomainClaim>(StringComparer.Ordinal);
        foreach (var claim in claims.OrderByDescending(claim => claim.IsGenerated).ThenBy(claim => claim.Service))
        {
            owners.TryAdd(claim.Domain, claim);
        }

        var domains = claims
            .Where(claim => ReferenceEquals(owners[claim.Domain], claim))
            .GroupBy(claim => claim.VirtualHost)
            .ToImmutableDictionary(
                group => group.Key,
                group => group.Select(claim => claim.Domain).ToEquatableArray(),
                StringComparer.Ordinal);
        var findings = claims
            .Where(claim => owners[claim.Domain].Service != claim.Service)
            .GroupBy(claim => claim.Service)
            .OrderBy(group => group.Key)
            .Select(group => Describe(group.Key, [.. group], owners));
        return new DomainOwnership(domains, [.. findings]);
    }

    private static ObjectFinding Describe(
        NamespacedName service, IReadOnlyCollection<DomainClaim> lost, Dictionary<string, DomainClaim> owners)
    {
        var isAdded = lost.Any(claim => !claim.IsGenerated);
        var parts = lost
            .GroupBy(claim => owners[claim.Domain].Service)
            .OrderBy(group => group.Key)
            .Select(group => (Service: group.Key, Names: group.Select(claim => $"'{claim.Domain}'").Distinct()))
            .Select(group => $"{string.Join(", ", group.Names)} belongs to Service {group.Service}");
        return new ObjectFinding(
            new ObjectKey(string.Empty, "Service", service),
            new ObjectCondition(
                ConditionTypes.Accepted,
                false,
                ConditionReasons.DuplicateDomain,
                $"Host {string.Join("; ", parts)} and is left out here",
                []),
            isAdded ? ["metadata", "annotations", MeshAnnotations.Hosts] : [],
            isAdded ? "Remove the host here or there" : "Rename one of the two Services, or take away what they share");
    }
}

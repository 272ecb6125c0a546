using XdsCanary.XdsServer.Snapshots;

namespace XdsCanary.XdsServer.Protocol;

/// <summary>
/// Compares what a reconnecting delta client claims to hold (<c>initial_resource_versions</c>) with what there is, so that it
/// is sent the difference only.
/// </summary>
internal static class ClaimResolver
{
    /// <summary>Turns the claims into names owed and removals held; afterwards the client counts as up to date otherwise.</summary>
    /// <param name="type">A state with claims.</param>
    /// <param name="typed">The resources there are.</param>
    /// <param name="warming">Names that the client waits for whatever it claims.</param>
    /// <param name="now">The stream's clock.</param>
    public static TypeState Resolve(TypeState type, TypedResources typed, NameSet warming, TimeSpan now)
    {
        if (type.Claims is not { } claims)
        {
            return type;
        }

        var owed = type.Owed.Where(name => warming.Contains(name) || !Holds(claims, typed.Find(name)));
        if (type.Subscription.Wildcard)
        {
            owed = owed.Union(NameSet.Of(typed.Items
                .Where(item => warming.Contains(item.Name) || !Holds(claims, item))
                .Select(item => item.Name)));
        }

        var vanished = NameSet.Of(claims.Keys.Where(name => typed.Find(name) is null && type.Subscription.Covers(name)));
        var mayWait = type.Type.Removal is RemovalRule.AfterListeners or RemovalRule.AfterRoutesAndListeners;
        return type with
        {
            Claims = null,
            Sent = typed,
            Owed = mayWait ? owed.Except(vanished) : owed.Union(vanished),
            Held = mayWait ? [.. vanished.Names.ToArray().Select(name => new HeldRemoval(name, null))] : [],
            HeldSince = now,
        };
    }

    private static bool Holds(IReadOnlyDictionary<string, string> claims, VersionedResource? resource) =>
        resource is not null && claims.TryGetValue(resource.Name, out var version) && version == resource.Version;
}

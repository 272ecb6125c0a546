using System.Collections.Immutable;
using XdsCanary.XdsServer.Snapshots;

namespace XdsCanary.XdsServer.Protocol;

/// <summary>What a client lacks of one type, compared with a snapshot.</summary>
/// <param name="Resources">Resources to send, sorted by name.</param>
/// <param name="Missing">Names asked for that do not exist.</param>
/// <param name="Removed">Resources that the client holds and that are gone.</param>
/// <param name="Introduced">Names of <paramref name="Resources"/> that the client did not hold before, or asked for.</param>
internal sealed record Shortfall(
    ImmutableArray<VersionedResource> Resources,
    NameSet Missing,
    ImmutableArray<VersionedResource> Removed,
    NameSet Introduced)
{
    private static readonly Shortfall Nothing = new([], NameSet.Empty, [], NameSet.Empty);

    /// <summary>Computes it. Costs no more than what changed and what is owed.</summary>
    /// <param name="type">The type's state.</param>
    /// <param name="typed">The resources there are.</param>
    public static Shortfall Of(TypeState type, TypedResources typed)
    {
        var upToDate = ReferenceEquals(type.Sent, typed);
        if (upToDate && type.Owed.Count == 0)
        {
            return Nothing;
        }

        var diff = upToDate ? null : typed.DiffFrom(type.Sent);
        var changed = diff is null ? [] : Covered(diff.Changed, type.Subscription);
        var introduced = diff is null ? NameSet.Empty : NameSet.Of(Covered(diff.Added, type.Subscription).Select(item => item.Name));
        var removed = diff is null ? [] : Covered(diff.Removed, type.Subscription);
        if (type.Owed.Count == 0)
        {
            return new Shortfall(changed, NameSet.Empty, removed, introduced);
        }

        var missing = type.Owed.Where(name => typed.Find(name) is null);
        var owed = type.Owed.Except(missing);
        return new Shortfall(Merge(changed, owed, typed), missing, removed, introduced.Union(owed));
    }

    private static ImmutableArray<VersionedResource> Covered(
        ImmutableArray<VersionedResource> resources, Subscription subscription)
    {
        if (subscription.Wildcard)
        {
            return resources;
        }

        var uncovered = 0;
        foreach (var resource in resources)
        {
            uncovered += subscription.Names.Contains(resource.Name) ? 0 : 1;
        }

        return uncovered == 0 ? resources : [.. resources.Where(resource => subscription.Names.Contains(resource.Name))];
    }

    private static ImmutableArray<VersionedResource> Merge(
        ImmutableArray<VersionedResource> changed, NameSet owed, TypedResources typed)
    {
        var names = NameSet.Of(changed.Select(item => item.Name)).Union(owed);
        if (names.Count == typed.Items.Length)
        {
            return typed.Items;
        }

        var merged = ImmutableArray.CreateBuilder<VersionedResource>(names.Count);
        foreach (var name in names.Names)
        {
            merged.Add(typed.Find(name)!);
        }

        return merged.MoveToImmutable();
    }
}

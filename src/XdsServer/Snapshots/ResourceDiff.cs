using System.Collections.Immutable;

namespace XdsCanary.XdsServer.Snapshots;

/// <summary>What turns one set of resources into another. Immutable.</summary>
/// <param name="Changed">The new versions of resources that were added or whose content differs, sorted by name.</param>
/// <param name="Added">Those of <paramref name="Changed"/> that did not exist before, sorted by name.</param>
/// <param name="Removed">The old versions of resources that are gone, sorted by name.</param>
internal sealed record ResourceDiff(
    ImmutableArray<VersionedResource> Changed,
    ImmutableArray<VersionedResource> Added,
    ImmutableArray<VersionedResource> Removed)
{
    /// <summary>Compares two sorted sets in one pass.</summary>
    /// <param name="before">The old set.</param>
    /// <param name="after">The new set.</param>
    public static ResourceDiff Between(TypedResources before, TypedResources after)
    {
        var changed = ImmutableArray.CreateBuilder<VersionedResource>();
        var added = ImmutableArray.CreateBuilder<VersionedResource>();
        var removed = ImmutableArray.CreateBuilder<VersionedResource>();
        var (old, now) = (before.Items, after.Items);
        int i = 0, j = 0;
        while (i < old.Length || j < now.Length)
        {
            var order = i == old.Length ? 1
                : j == now.Length ? -1
                : string.CompareOrdinal(old[i].Name, now[j].Name);
            switch (order)
            {
                case < 0:
                    removed.Add(old[i++]);
                    break;
                case > 0:
                    added.Add(now[j]);
                    changed.Add(now[j++]);
                    break;
                default:
                    if (!ReferenceEquals(old[i], now[j]) && old[i].Hash != now[j].Hash)
                    {
                        changed.Add(now[j]);
                    }

                    i++;
                    j++;
                    break;
            }
        }

        return new ResourceDiff(changed.ToImmutable(), added.ToImmutable(), removed.ToImmutable());
    }
}

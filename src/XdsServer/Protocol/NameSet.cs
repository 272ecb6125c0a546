using System.Collections.Immutable;

namespace XdsCanary.XdsServer.Protocol;

/// <summary>
/// A set of resource names: sorted (ordinal), without repeats, immutable. An array with binary search, because most sets are
/// made once, shared between streams and only asked for membership.
/// </summary>
internal sealed class NameSet : IEquatable<NameSet>
{
    private readonly string[] _names;

    private NameSet(string[] sortedNames)
    {
        _names = sortedNames;
    }

    /// <summary>The set without names.</summary>
    public static NameSet Empty { get; } = new([]);

    /// <summary>How many names it holds.</summary>
    public int Count => _names.Length;

    /// <summary>The names in ordinal order.</summary>
    public ReadOnlySpan<string> Names => _names;

    /// <summary>Makes a set of names in any order, with repeats.</summary>
    /// <param name="names">The names.</param>
    public static NameSet Of(IEnumerable<string> names)
    {
        var sorted = names.ToArray();
        if (sorted.Length == 0)
        {
            return Empty;
        }

        Array.Sort(sorted, StringComparer.Ordinal);
        var kept = 1;
        for (var i = 1; i < sorted.Length; i++)
        {
            if (!string.Equals(sorted[i], sorted[kept - 1], StringComparison.Ordinal))
            {
                sorted[kept++] = sorted[i];
            }
        }

        return new NameSet(kept == sorted.Length ? sorted : sorted[..kept]);
    }

    /// <summary>Tells whether the set holds a name.</summary>
    /// <param name="name">The name.</param>
    public bool Contains(string name) => Array.BinarySearch(_names, name, StringComparer.Ordinal) >= 0;

    /// <summary>The names of this set and of another.</summary>
    /// <param name="other">The other set.</param>
    public NameSet Union(NameSet other)
    {
        if (other.Count == 0 || ReferenceEquals(this, other))
        {
            return this;
        }

        return Count == 0 ? other : Of(_names.Concat(other._names));
    }

    /// <summary>The names of this set that another does not hold.</summary>
    /// <param name="other">The other set.</param>
    public NameSet Except(NameSet other)
    {
        if (Count == 0 || other.Count == 0)
        {
            return this;
        }

        return ReferenceEquals(this, other) ? Empty : Where(name => !other.Contains(name));
    }

    /// <summary>The names of this set for which a condition holds.</summary>
    /// <param name="condition">The condition.</param>
    public NameSet Where(Func<string, bool> condition)
    {
        var kept = Array.FindAll(_names, name => condition(name));
        return kept.Length == _names.Length ? this : kept.Length == 0 ? Empty : new NameSet(kept);
    }

    /// <summary>Tells whether two sets have a name in common.</summary>
    /// <param name="sortedNames">The other set's names, sorted (ordinal).</param>
    public bool Overlaps(ImmutableArray<string> sortedNames)
    {
        foreach (var name in _names)
        {
            if (sortedNames.BinarySearch(name, StringComparer.Ordinal) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public bool Equals(NameSet? other) =>
        other is not null && (ReferenceEquals(this, other) || _names.AsSpan().SequenceEqual(other._names));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as NameSet);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var name in _names)
        {
            hash.Add(name, StringComparer.Ordinal);
        }

        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join(", ", _names);
}

namespace XdsCanary.KubeRuntime.Objects;

/// <summary>A name inside a namespace.</summary>
/// <param name="Namespace">The namespace; never empty for namespaced kinds.</param>
/// <param name="Name">The name.</param>
public readonly record struct NamespacedName(string Namespace, string Name) : IComparable<NamespacedName>
{
    /// <inheritdoc/>
    public int CompareTo(NamespacedName other)
    {
        var byNamespace = string.CompareOrdinal(Namespace, other.Namespace);
        return byNamespace != 0 ? byNamespace : string.CompareOrdinal(Name, other.Name);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Namespace}/{Name}";

    /// <summary>Ordinal order: namespace, then name.</summary>
    public static bool operator <(NamespacedName left, NamespacedName right) => left.CompareTo(right) < 0;

    /// <summary>Ordinal order: namespace, then name.</summary>
    public static bool operator >(NamespacedName left, NamespacedName right) => left.CompareTo(right) > 0;

    /// <summary>Ordinal order: namespace, then name.</summary>
    public static bool operator <=(NamespacedName left, NamespacedName right) => left.CompareTo(right) <= 0;

    /// <summary>Ordinal order: namespace, then name.</summary>
    public static bool operator >=(NamespacedName left, NamespacedName right) => left.CompareTo(right) >= 0;
}

/// <summary>
/// The identity of an object: API group without version (versions of one object are the same object), kind, namespace and name.
/// </summary>
/// <param name="Group">The API group; empty for the core group.</param>
/// <param name="Kind">The kind, for example <c>Service</c>.</param>
/// <param name="Name">Namespace and name.</param>
public readonly record struct ObjectKey(string Group, string Kind, NamespacedName Name)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Kind} {Name}";
}

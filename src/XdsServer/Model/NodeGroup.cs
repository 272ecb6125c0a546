namespace XdsCanary.XdsServer.Model;

/// <summary>
/// The view that a set of nodes shares: nodes of one group get the same snapshot, the same bytes, the same versions.
/// Value equality, so that it can be a key.
/// </summary>
/// <param name="Namespace">The nodes' own namespace: bare service names and bare stat names are for it only.</param>
/// <param name="Visible">
/// The other namespaces whose services the nodes see: empty for none, <c>*</c> for all, else names in ordinal order without
/// repeats, joined by commas. Never contains <paramref name="Namespace"/>.
/// </param>
internal sealed record NodeGroup(string Namespace, string Visible)
{
    /// <summary>The value of <see cref="Visible"/> that stands for every namespace.</summary>
    public const string AllNamespaces = "*";

    /// <summary>Makes a group from namespaces in any order, with repeats.</summary>
    /// <param name="ownNamespace">The nodes' own namespace.</param>
    /// <param name="visible">Further namespaces; one that is <c>*</c> means all.</param>
    public static NodeGroup Create(string ownNamespace, IEnumerable<string> visible)
    {
        var others = visible.Where(name => name != ownNamespace).Distinct().Order(StringComparer.Ordinal).ToArray();
        return new NodeGroup(ownNamespace, others.Contains(AllNamespaces) ? AllNamespaces : string.Join(',', others));
    }

    /// <summary>Tells whether the group's nodes see the services of a namespace.</summary>
    /// <param name="candidate">The namespace.</param>
    public bool Sees(string candidate) =>
        candidate == Namespace || Visible == AllNamespaces || (Visible.Length > 0 && Visible.Split(',').Contains(candidate));

    /// <inheritdoc/>
    public override string ToString() => Visible.Length == 0 ? Namespace : $"{Namespace}+{Visible}";
}

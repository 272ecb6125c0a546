namespace XdsCanary.XdsServer.Snapshots;

/// <summary>When a removed resource may be taken away from a client that still uses what refers to it.</summary>
internal enum RemovalRule
{
    /// <summary>At once: nothing refers to it (listeners), or the type is not known.</summary>
    Immediate,

    /// <summary>Once the client acknowledged the listeners and routes that no longer refer to it (clusters).</summary>
    AfterRoutesAndListeners,

    /// <summary>Once the client acknowledged the listeners that no longer refer to it (route configurations).</summary>
    AfterListeners,

    /// <summary>Never told: the client stops asking when the parent goes (endpoints).</summary>
    WithParent,
}

/// <summary>
/// A type of xDS resource. Equality is by type URL. Types that the server does not know are legal: they are hosted as opaque
/// and have no resources of ours.
/// </summary>
internal sealed class ResourceType : IEquatable<ResourceType>, IComparable<ResourceType>
{
    private const string Prefix = "type.googleapis.com/";
    private const int UnknownOrder = int.MaxValue;

    private ResourceType(string typeUrl, string label, int order)
    {
        TypeUrl = typeUrl;
        Label = label;
        Order = order;
    }

    /// <summary>CDS. In the state-of-the-world variant each response holds all clusters.</summary>
    public static ResourceType Cluster { get; } = new(Prefix + "envoy.config.cluster.v3.Cluster", "cds", 0)
    {
        IsFullState = true,
        Removal = RemovalRule.AfterRoutesAndListeners,
    };

    /// <summary>EDS.</summary>
    public static ResourceType Endpoint { get; } =
        new(Prefix + "envoy.config.endpoint.v3.ClusterLoadAssignment", "eds", 1) { Removal = RemovalRule.WithParent };

    /// <summary>LDS. In the state-of-the-world variant each response holds all listeners.</summary>
    public static ResourceType Listener { get; } =
        new(Prefix + "envoy.config.listener.v3.Listener", "lds", 2) { IsFullState = true };

    /// <summary>RDS.</summary>
    public static ResourceType Route { get; } =
        new(Prefix + "envoy.config.route.v3.RouteConfiguration", "rds", 3) { Removal = RemovalRule.AfterListeners };

    /// <summary>
    /// The types that the server makes resources of, in the order in which changes are pushed on one stream: what is referred
    /// to goes before what refers to it.
    /// </summary>
    public static IReadOnlyList<ResourceType> InPushOrder { get; } = [Cluster, Endpoint, Listener, Route];

    /// <summary>The URL that requests and responses carry.</summary>
    public string TypeUrl { get; }

    /// <summary>Short name for logs and metric labels: <c>cds</c>, <c>eds</c>, <c>lds</c>, <c>rds</c> or <c>other</c>.</summary>
    public string Label { get; }

    /// <summary>Place in the push order; unknown types come last.</summary>
    public int Order { get; }

    /// <summary>True when a state-of-the-world response replaces everything, so that absence means deletion.</summary>
    public bool IsFullState { get; private init; }

    /// <summary>When removals may be sent.</summary>
    public RemovalRule Removal { get; private init; } = RemovalRule.Immediate;

    /// <summary>The set without resources: what a client holds before it was sent anything.</summary>
    public TypedResources NoResources => field ??= TypedResources.Empty(this);

    /// <summary>True when the server makes resources of this type.</summary>
    public bool IsKnown => Order != UnknownOrder;

    /// <summary>Finds the type of a URL; makes an opaque one for a URL that is not known.</summary>
    /// <param name="typeUrl">A non-empty type URL.</param>
    public static ResourceType Of(string typeUrl)
    {
        foreach (var type in InPushOrder)
        {
            if (string.Equals(type.TypeUrl, typeUrl, StringComparison.Ordinal))
            {
                return type;
            }
        }

        return new ResourceType(typeUrl, "other", UnknownOrder);
    }

    /// <inheritdoc/>
    public bool Equals(ResourceType? other) => other is not null && string.Equals(TypeUrl, other.TypeUrl, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ResourceType);

    /// <inheritdoc/>
    public override int GetHashCode() => TypeUrl.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public int CompareTo(ResourceType? other)
    {
        if (other is null)
        {
            return 1;
        }

        var byOrder = Order.CompareTo(other.Order);
        return byOrder != 0 ? byOrder : string.CompareOrdinal(TypeUrl, other.TypeUrl);
    }

    /// <inheritdoc/>
    public override string ToString() => IsKnown ? Label : TypeUrl;
}

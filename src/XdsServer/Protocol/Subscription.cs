namespace XdsCanary.XdsServer.Protocol;

/// <summary>What one stream wants of one type. Immutable.</summary>
/// <param name="Wildcard">True when it wants every resource of the type.</param>
/// <param name="Names">The names it asked for explicitly; they may exist beside the wildcard.</param>
/// <param name="Named">
/// True once any name (or <c>*</c>) was given on the stream. From then on a state-of-the-world request without names means
/// "nothing", before it means "everything" (the legacy wildcard of the xDS protocol).
/// </param>
internal sealed record Subscription(bool Wildcard, NameSet Names, bool Named)
{
    /// <summary>The name that stands for every resource.</summary>
    public const string WildcardName = "*";

    /// <summary>Wants nothing, and no name was given yet.</summary>
    public static Subscription None { get; } = new(false, NameSet.Empty, false);

    /// <summary>Tells whether the stream wants a resource.</summary>
    /// <param name="name">The resource's name.</param>
    public bool Covers(string name) => Wildcard || Names.Contains(name);

    /// <summary>Tells whether the stream wants nothing at all.</summary>
    public bool IsEmpty => !Wildcard && Names.Count == 0;

    /// <summary>
    /// Applies a state-of-the-world request, whose names are the complete new set (xDS protocol, "Wildcard subscriptions").
    /// </summary>
    /// <param name="star">True when the names held <c>*</c>.</param>
    /// <param name="names">The other names.</param>
    /// <param name="first">True for the first request of the type on the stream.</param>
    /// <param name="legacyWildcard">Whether a first request without names means everything.</param>
    public Subscription Replace(bool star, NameSet names, bool first, bool legacyWildcard)
    {
        if (star || names.Count > 0)
        {
            return Wildcard == star && Named && Names.Equals(names) ? this : new Subscription(star, names, true);
        }

        if (first)
        {
            return this with { Wildcard = legacyWildcard };
        }

        return Named && !IsEmpty ? new Subscription(false, NameSet.Empty, true) : this;
    }

    /// <summary>
    /// Applies a delta request. A name in both lists stays subscribed; <c>*</c> in both lists of a first request is the idiom
    /// for "start with nothing".
    /// </summary>
    /// <param name="change">The request's lists.</param>
    /// <param name="first">True for the first request of the type on the stream.</param>
    /// <param name="legacyWildcard">Whether a first request with two empty lists means everything.</param>
    public Subscription Apply(SubscriptionChange change, bool first, bool legacyWildcard)
    {
        if (first && change.IsEmpty)
        {
            return this with { Wildcard = legacyWildcard };
        }

        if (change.IsEmpty)
        {
            return this;
        }

        var wildcard = (Wildcard && !change.UnsubscribeStar) || (change.SubscribeStar && !(first && change.UnsubscribeStar));
        var names = Names.Except(change.Unsubscribe).Union(change.Subscribe);
        return new Subscription(wildcard, names, true);
    }
}

/// <summary>The two lists of a delta request, with <c>*</c> taken out of them.</summary>
/// <param name="SubscribeStar">True when <c>*</c> is to be subscribed.</param>
/// <param name="Subscribe">The other names to subscribe.</param>
/// <param name="UnsubscribeStar">True when <c>*</c> is to be unsubscribed.</param>
/// <param name="Unsubscribe">The other names to unsubscribe.</param>
internal sealed record SubscriptionChange(bool SubscribeStar, NameSet Subscribe, bool UnsubscribeStar, NameSet Unsubscribe)
{
    /// <summary>Neither list has a name.</summary>
    public static SubscriptionChange None { get; } = new(false, NameSet.Empty, false, NameSet.Empty);

    /// <summary>True when neither list has a name.</summary>
    public bool IsEmpty => !SubscribeStar && !UnsubscribeStar && Subscribe.Count == 0 && Unsubscribe.Count == 0;
}

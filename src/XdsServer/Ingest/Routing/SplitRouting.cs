using XdsCanary.XdsServer.Model;

namespace XdsCanary.XdsServer.Ingest.Routing;

/// <summary>The annotation <c>xdscanary.io/routing</c> of a split as written; its names are among the split's backends.</summary>
internal sealed record SplitRouting
{
    /// <summary>Requests that go by the weights: those that meet all conditions of an entry. Empty for all requests.</summary>
    public EquatableArray<RequestConditions> Match { get; init; }

    /// <summary>The backend of the requests that do not match; set when <see cref="Match"/> has an entry.</summary>
    public string? Fallback { get; init; }

    /// <summary>Copies of requests; null for none.</summary>
    public MirrorPolicy? Mirror { get; init; }

    /// <summary>Cookies that keep clients where they are; null for none.</summary>
    public SplitAffinity? Affinity { get; init; }
}

/// <summary>Conditions on a request, all of which it must meet; at least one.</summary>
/// <param name="Headers">On its headers.</param>
/// <param name="QueryParams">On the parameters of its query.</param>
internal sealed record RequestConditions(EquatableArray<HeaderMatch> Headers, EquatableArray<QueryMatch> QueryParams);

/// <summary>Cookies that keep clients where they are.</summary>
internal sealed record SplitAffinity
{
    /// <summary>The backend that clients are kept at.</summary>
    public required string Backend { get; init; }

    /// <summary>The other backend; set when there is a cookie that leads to it.</summary>
    public required string? Fallback { get; init; }

    /// <summary>The cookie that leads to <see cref="Backend"/>; null for none.</summary>
    public required AffinityCookie? Cookie { get; init; }

    /// <summary>The cookie that leads to <see cref="Fallback"/>; null for none.</summary>
    public required AffinityCookie? PrimaryCookie { get; init; }

    /// <summary>
    /// The cookie of an earlier time, which clients are told to drop by <see cref="Fallback"/>; null for none.
    /// </summary>
    public required AffinityCookie? PreviousCookie { get; init; }
}

/// <summary>A cookie.</summary>
/// <param name="Pair">The cookie, <c>name=value</c>.</param>
/// <param name="SetCookie">The value of the <c>Set-Cookie</c> header that sets or drops it.</param>
internal sealed record AffinityCookie(string Pair, string SetCookie);

using System.Collections.Immutable;

namespace XdsCanary.DemoProxy.Model;

/// <summary>What a route does with a request.</summary>
internal abstract record RouteAction
{
    /// <summary>Forwards to an endpoint of a cluster.</summary>
    /// <param name="Clusters">The clusters to choose from, by weight; one for a plain route.</param>
    /// <param name="Timeout">The time for the whole response; null for no limit.</param>
    /// <param name="HostRewrite">The Host that the upstream sees; null to keep the client's.</param>
    /// <param name="PrefixRewrite">What takes the place of the matched prefix or path; null to keep it.</param>
    /// <param name="MissingClusterStatus">The status answered when the cluster is not known.</param>
    internal sealed record Forward(
        WeightedChoice Clusters, TimeSpan? Timeout, string? HostRewrite, PrefixRewrite? PrefixRewrite, int MissingClusterStatus)
        : RouteAction
    {
        /// <summary>The clusters that get copies.</summary>
        public ImmutableArray<MirrorShare> Mirrors { get; init; } = [];
    }

    /// <summary>Answers without an upstream.</summary>
    /// <param name="Status">The status code.</param>
    /// <param name="Body">The body; may be empty.</param>
    internal sealed record Answer(int Status, ImmutableArray<byte> Body) : RouteAction;
}

/// <summary>Replaces the beginning of a path.</summary>
/// <param name="MatchedLength">How many characters of the path the route's prefix or path matched.</param>
/// <param name="Replacement">What takes their place.</param>
internal sealed record PrefixRewrite(int MatchedLength, string Replacement)
{
    /// <summary>Rewrites a path.</summary>
    /// <param name="pathAndQuery">The path as the client sent it.</param>
    public string Apply(string pathAndQuery) => Replacement + pathAndQuery[Math.Min(MatchedLength, pathAndQuery.Length)..];
}

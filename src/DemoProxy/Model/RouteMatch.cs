using System.Collections.Immutable;

namespace XdsCanary.DemoProxy.Model;

/// <summary>When a route applies: its path condition and all others.</summary>
/// <param name="Path">The condition on the path without the query string.</param>
/// <param name="SegmentPrefix">
/// Whether <paramref name="Path"/>, a prefix, must end where a path segment ends (Envoy's path_separated_prefix).
/// </param>
/// <param name="Headers">The conditions on headers, all of which must be fulfilled.</param>
internal sealed record RouteMatch(TextMatch Path, bool SegmentPrefix, ImmutableArray<HeaderMatch> Headers)
{
    /// <summary>The conditions on parameters of the query, all of which must be fulfilled.</summary>
    public ImmutableArray<QueryMatch> QueryParams { get; init; } = [];

    /// <summary>Tells whether a request fulfils all conditions.</summary>
    /// <param name="request">The request.</param>
    public bool Matches(RequestFacts request)
    {
        var path = request.Path;
        if (!Path.Matches(path) || (SegmentPrefix && path.Length > Path.Value.Length && path[Path.Value.Length] != '/'))
        {
            return false;
        }

        foreach (var header in Headers)
        {
            if (!header.Matches(request))
            {
                return false;
            }
        }

        foreach (var parameter in QueryParams)
        {
            if (!parameter.Matches(request))
            {
                return false;
            }
        }

        return true;
    }
}

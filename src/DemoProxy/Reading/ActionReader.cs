using System.Collections.Immutable;
using Envoy.Config.Route.V3;
using Google.Protobuf;
using XdsCanary.DemoProxy.Model;
using RouteAction = XdsCanary.DemoProxy.Model.RouteAction;
using WireAction = Envoy.Config.Route.V3.RouteAction;
using WireMatch = Envoy.Config.Route.V3.RouteMatch;
using WireRoute = Envoy.Config.Route.V3.Route;

namespace XdsCanary.DemoProxy.Reading;

/// <summary>Reads the actions of routes.</summary>
internal static class ActionReader
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(15);

    /// <summary>Reads the action of a route.</summary>
    /// <param name="route">The route.</param>
    /// <exception cref="UnusableResourceException">It cannot be used.</exception>
    public static RouteAction Read(WireRoute route) => route.ActionCase switch
    {
        WireRoute.ActionOneofCase.Route_ => ReadForward(route),
        WireRoute.ActionOneofCase.DirectResponse => ReadAnswer(route.DirectResponse),
        WireRoute.ActionOneofCase.None => throw Require.Unusable("it has no action"),
        var other => throw Require.Unusable($"the action {NameOf(other)} is not supported by the embedded data plane"),
    };

    private static string NameOf(WireRoute.ActionOneofCase action) => action switch
    {
        WireRoute.ActionOneofCase.Redirect => "redirect",
        WireRoute.ActionOneofCase.FilterAction => "filter_action",
        WireRoute.ActionOneofCase.NonForwardingAction => "non_forwarding_action",
        _ => action.ToString(),
    };

    private static RouteAction.Forward ReadForward(WireRoute route)
    {
        var action = route.Route_;
        Require.Absent(action.HashPolicy.Count > 0, "route.hash_policy");
        Require.Absent(action.RegexRewrite is not null, "route.regex_rewrite");
        Require.Absent(action.PathRewritePolicy is not null, "route.path_rewrite_policy");
        Require.Absent(action.MetadataMatch is not null, "route.metadata_match");
        Require.Absent(
            action.HostRewriteSpecifierCase is not
                (WireAction.HostRewriteSpecifierOneofCase.None or WireAction.HostRewriteSpecifierOneofCase.HostRewriteLiteral),
            $"route.{action.HostRewriteSpecifierCase}");
        return new RouteAction.Forward(
            ReadClusters(action),
            ReadTimeout(action),
            action.HasHostRewriteLiteral ? action.HostRewriteLiteral : null,
            ReadRewrite(route),
            MissingClusterStatus(action.ClusterNotFoundResponseCode))
        {
            Mirrors = [.. action.RequestMirrorPolicies.Select(TrafficReader.ReadMirror)],
        };
    }

    private static TimeSpan? ReadTimeout(WireAction action)
    {
        var timeout = action.Timeout?.ToTimeSpan() ?? DefaultTimeout;
        return timeout > TimeSpan.Zero ? timeout : null;
    }

    private static PrefixRewrite? ReadRewrite(WireRoute route)
    {
        if (route.Route_.PrefixRewrite.Length == 0)
        {
            return null;
        }

        Require.Absent(
            route.Match?.PathSpecifierCase is WireMatch.PathSpecifierOneofCase.SafeRegex,
            "route.prefix_rewrite with match.safe_regex");
        var matched = route.Match switch
        {
            { HasPath: true } match => match.Path,
            { HasPathSeparatedPrefix: true } match => match.PathSeparatedPrefix,
            var match => match?.Prefix ?? string.Empty,
        };
        return new PrefixRewrite(matched.Length, route.Route_.PrefixRewrite);
    }

    private static WeightedChoice ReadClusters(WireAction action) => action.ClusterSpecifierCase switch
    {
        WireAction.ClusterSpecifierOneofCase.Cluster => WeightedChoice.Only(action.Cluster),
        WireAction.ClusterSpecifierOneofCase.WeightedClusters => ReadWeights(action.WeightedClusters),
        WireAction.ClusterSpecifierOneofCase.None => throw Require.Unusable("route names no cluster"),
        var other => throw Require.Unusable($"route.{other} is not supported by the embedded data plane"),
    };

    private static WeightedChoice ReadWeights(WeightedCluster weighted)
    {
        Require.Absent(weighted.HasHeaderName, "weighted_clusters.header_name");
        var shares = weighted.Clusters.Select(ReadShare).ToImmutableArray();
        var total = shares.Sum(share => (long)share.Weight);
        return total is > 0 and <= uint.MaxValue
            ? new WeightedChoice(shares)
            : throw Require.Unusable(
                $"the sum of the weighted_clusters' weights is {total}; it must be from 1 to {uint.MaxValue}");
    }

    private static ClusterShare ReadShare(WeightedCluster.Types.ClusterWeight entry)
    {
        Require.Absent(entry.ClusterHeader.Length > 0, "weighted_clusters.clusters.cluster_header");
        Require.Absent(entry.HasHostRewriteLiteral, "weighted_clusters.clusters.host_rewrite_literal");
        Require.Absent(entry.MetadataMatch is not null, "weighted_clusters.clusters.metadata_match");
        Require.Absent(entry.RequestHeadersToAdd.Count > 0, "weighted_clusters.clusters.request_headers_to_add");
        Require.Absent(entry.RequestHeadersToRemove.Count > 0, "weighted_clusters.clusters.request_headers_to_remove");
        Require.Absent(entry.ResponseHeadersToRemove.Count > 0, "weighted_clusters.clusters.response_headers_to_remove");
        return entry.Name.Length > 0
            ? new ClusterShare(entry.Name, entry.Weight ?? 0)
            {
                ResponseHeaders = [.. entry.ResponseHeadersToAdd.Select(TrafficReader.ReadHeader)],
            }
            : throw Require.Unusable("an entry of weighted_clusters has no name");
    }

    private static int MissingClusterStatus(WireAction.Types.ClusterNotFoundResponseCode code) => code switch
    {
        WireAction.Types.ClusterNotFoundResponseCode.NotFound => 404,
        WireAction.Types.ClusterNotFoundResponseCode.InternalServerError => 500,
        _ => 503,
    };

    private static RouteAction.Answer ReadAnswer(DirectResponseAction answer)
    {
        if (answer.Status is < 200 or > 599)
        {
            throw Require.Unusable($"direct_response.status {answer.Status} is not from 200 to 599");
        }

        var body = answer.Body?.SpecifierCase switch
        {
            null or Envoy.Config.Core.V3.DataSource.SpecifierOneofCase.None => ByteString.Empty,
            Envoy.Config.Core.V3.DataSource.SpecifierOneofCase.InlineString => ByteString.CopyFromUtf8(answer.Body.InlineString),
            Envoy.Config.Core.V3.DataSource.SpecifierOneofCase.InlineBytes => answer.Body.InlineBytes,
            var other => throw Require.Unusable($"direct_response.body.{other} is not supported by the embedded data plane"),
        };
        return new RouteAction.Answer((int)answer.Status, [.. body.Span]);
    }
}

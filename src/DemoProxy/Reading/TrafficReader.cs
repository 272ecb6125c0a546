using Envoy.Config.Core.V3;
using Envoy.Type.V3;
using XdsCanary.DemoProxy.Model;
using WirePolicy = Envoy.Config.Route.V3.RouteAction.Types.RequestMirrorPolicy;

namespace XdsCanary.DemoProxy.Reading;

/// <summary>Reads what a route does besides forwarding: copies of requests, headers of answers.</summary>
internal static class TrafficReader
{
    /// <summary>Reads where copies go.</summary>
    /// <param name="policy">The policy.</param>
    /// <exception cref="UnusableResourceException">It cannot be used.</exception>
    public static MirrorShare ReadMirror(WirePolicy policy)
    {
        Require.Absent(policy.ClusterHeader.Length > 0, "request_mirror_policies.cluster_header");
        if (policy.Cluster.Length == 0)
        {
            throw Require.Unusable("an entry of request_mirror_policies names no cluster");
        }

        return policy.RuntimeFraction?.DefaultValue is { } fraction
            ? new MirrorShare(policy.Cluster, fraction.Numerator, DenominatorOf(fraction))
            : new MirrorShare(policy.Cluster, 1, 1);
    }

    /// <summary>Reads a header to add.</summary>
    /// <param name="option">The header.</param>
    /// <exception cref="UnusableResourceException">It cannot be used.</exception>
    public static AddedHeader ReadHeader(HeaderValueOption option)
    {
        Require.Absent(
            option.AppendAction != HeaderValueOption.Types.HeaderAppendAction.AppendIfExistsOrAdd,
            $"response_headers_to_add.append_action {option.AppendAction}");
        var (name, value) = (option.Header?.Key ?? string.Empty, option.Header?.Value ?? string.Empty);
        if (name.Length == 0)
        {
            throw Require.Unusable("an entry of response_headers_to_add has no name");
        }

        // A doubled percent sign stands for itself, a single one begins a command.
        var pieces = value.Split("%%");
        Require.Absent(pieces.Any(piece => piece.Contains('%')), $"the command in response_headers_to_add '{value}'");
        return new AddedHeader(name, string.Join('%', pieces));
    }

    private static long DenominatorOf(FractionalPercent fraction) => fraction.Denominator switch
    {
        FractionalPercent.Types.DenominatorType.Million => 1_000_000,
        FractionalPercent.Types.DenominatorType.TenThousand => 10_000,
        _ => 100,
    };
}

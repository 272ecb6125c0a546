using Envoy.Config.Cluster.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using XdsCanary.DemoProxy.Model;
using UpstreamHttpOptions = Envoy.Extensions.Upstreams.Http.V3.HttpProtocolOptions;

namespace XdsCanary.DemoProxy.Reading;

/// <summary>Reads Clusters.</summary>
internal static class ClusterReader
{
    private const string HttpOptionsKey = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

    private static readonly TimeSpan DefaultConnectTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Reads a cluster.</summary>
    /// <param name="cluster">The resource.</param>
    /// <exception cref="UnusableResourceException">It cannot be used.</exception>
    public static ClusterSpec Read(Cluster cluster)
    {
        Require.Absent(cluster.ClusterType is not null, "cluster_type");
        Require.PlainText(cluster.TransportSocket);
        Require.Absent(cluster.TransportSocketMatches.Count > 0, "transport_socket_matches");
        Require.Absent(
            cluster.LbPolicy is Cluster.Types.LbPolicy.RingHash or Cluster.Types.LbPolicy.Maglev,
            $"lb_policy {cluster.LbPolicy}");
        Require.Absent(cluster.LbSubsetConfig is not null, "lb_subset_config");

        var timeout = cluster.ConnectTimeout?.ToTimeSpan() ?? DefaultConnectTimeout;
        if (timeout <= TimeSpan.Zero)
        {
            throw Require.Unusable("connect_timeout must be positive");
        }

        var (endpointName, inline) = ReadEndpoints(cluster);
        var statName = cluster.AltStatName.Length > 0 ? cluster.AltStatName : cluster.Name;
        return new ClusterSpec(
            cluster.Name, statName.Replace(':', '_'), endpointName, inline, timeout, SpeaksHttp2(cluster));
    }

    private static (string? EndpointName, EndpointSet Inline) ReadEndpoints(Cluster cluster)
    {
        switch (cluster.Type)
        {
            case Cluster.Types.DiscoveryType.Eds:
                Require.Ads(cluster.EdsClusterConfig?.EdsConfig, "eds_cluster_config.eds_config");
                var service = cluster.EdsClusterConfig!.ServiceName;
                return (service.Length > 0 ? service : cluster.Name, EndpointSet.Empty);
            case Cluster.Types.DiscoveryType.Static:
            case Cluster.Types.DiscoveryType.StrictDns:
            case Cluster.Types.DiscoveryType.LogicalDns:
                // Host names are resolved when a connection is made, which is what LOGICAL_DNS does.
                return (null, cluster.LoadAssignment is { } assignment ? EndpointReader.Read(assignment) : EndpointSet.Empty);
            default:
                throw Require.Unusable($"the discovery type {cluster.Type} is not supported by the embedded data plane");
        }
    }

    private static bool SpeaksHttp2(Cluster cluster)
    {
        if (!cluster.TypedExtensionProtocolOptions.TryGetValue(HttpOptionsKey, out var packed))
        {
            // The field that the typed options replaced; old configurations still carry it.
#pragma warning disable CS0612
            return cluster.Http2ProtocolOptions is not null;
#pragma warning restore CS0612
        }

        var options = Unpack(packed);
        return options.ExplicitHttpConfig?.Http2ProtocolOptions is not null;
    }

    private static UpstreamHttpOptions Unpack(Any packed)
    {
        try
        {
            return UpstreamHttpOptions.Parser.ParseFrom(packed.Value);
        }
        catch (InvalidProtocolBufferException)
        {
            throw Require.Unusable($"typed_extension_protocol_options '{HttpOptionsKey}' cannot be decoded");
        }
    }
}

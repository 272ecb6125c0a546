using System.Globalization;
using System.Net;
using System.Text;

namespace XdsCanary.XdsServer.Bootstrap;

/// <summary>
/// Writes the bootstrap file with which an Envoy joins this control plane: who it is, where the server is, and the few
/// settings that cannot come over xDS. Everything else does.
/// </summary>
internal static class BootstrapDocument
{
    /// <summary>Writes the file.</summary>
    /// <param name="options">The proxy and the server.</param>
    /// <returns>Commented YAML, with a line feed at the end of every line.</returns>
    /// <exception cref="ArgumentException">An option has a value with which Envoy would not start.</exception>
    public static string Write(BootstrapOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Check(options);
        return string.Concat(
            Header(options), Node(options), Admin(options), DynamicResources(options), XdsCluster(options), Limits(options));
    }

    private static void Check(BootstrapOptions options)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(options.NodeId);
        ArgumentException.ThrowIfNullOrWhiteSpace(options.NodeCluster);
        ArgumentException.ThrowIfNullOrWhiteSpace(options.XdsHost);
        if (!IPAddress.TryParse(options.AdminAddress, out _))
        {
            throw new ArgumentException(
                $"The admin address must be an IP address, not '{options.AdminAddress}': Envoy does not resolve names there.",
                nameof(options));
        }

        if (options.XdsPort is < 1 or > IPEndPoint.MaxPort)
        {
            throw new ArgumentException(
                $"The xDS port must be between 1 and {IPEndPoint.MaxPort}, not {options.XdsPort}.", nameof(options));
        }

        if (options.AdminPort is < 0 or > IPEndPoint.MaxPort)
        {
            throw new ArgumentException(
                $"Envoy's admin port must be between 0 (any free one) and {IPEndPoint.MaxPort}, not {options.AdminPort}.",
                nameof(options));
        }

        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaxDownstreamConnections);
    }

    private static string Header(BootstrapOptions options) =>
        $"""
        # Bootstrap of an Envoy that takes its configuration from XdsCanary: {(options.Delta ? "delta" : "state of the world")}.
        # Start: envoy -c THIS_FILE. `--service-node ID` and `--service-cluster NAME` override the names below.


        """;

    private static string Node(BootstrapOptions options)
    {
        var text = new StringBuilder(
            $"""
            node:
              id: {YamlScalar.Write(options.NodeId)}
              cluster: {YamlScalar.Write(options.NodeCluster)}

            """);
        if (options.NodeNamespace is null && options.VisibleNamespaces.Length == 0 && options.AdminPort == 0)
        {
            return text.Append('\n').ToString();
        }

        text.Append("  metadata:\n");
        if (options.NodeNamespace is not null)
        {
            text.Append("    # Services of this namespace answer to their bare names as well.\n");
            text.Append($"    namespace: {YamlScalar.Write(options.NodeNamespace)}\n");
        }

        if (options.VisibleNamespaces.Length > 0)
        {
            text.Append("    # Services of these namespaces are routed too; \"*\" stands for all.\n");
            text.Append($"    namespaces: [{string.Join(", ", options.VisibleNamespaces.Select(YamlScalar.Write))}]\n");
        }

        if (options.AdminPort != 0)
        {
            text.Append("    # The server reads the statistics of canaries here, if it can reach it; 0.0.0.0 or no host: the address it sees.\n");
            text.Append($"    admin: \"{new IPEndPoint(IPAddress.Parse(options.AdminAddress), options.AdminPort)}\"\n");
        }

        return text.Append('\n').ToString();
    }

    private static string Admin(BootstrapOptions options) =>
        $"""
        # The admin interface has no authentication: keep it on a loopback address.
        admin:
          address:
            socket_address:
              address: {YamlScalar.Write(options.AdminAddress)}
              port_value: {options.AdminPort}

        # How old the durations in the statistics may be; 5 s by default, too long for a canary that is taken back in seconds.
        stats_flush_interval: 1s

        # Statistics of a cluster from its first request on: with thousands of clusters the rest costs memory, and time each second.
        deferred_stat_options:
          enable_deferred_creation_stats: true


        """;

    private static string DynamicResources(BootstrapOptions options) =>
        $"""
        # Listeners and clusters come over one aggregated stream; they name the routes and endpoints, which come over it too.
        dynamic_resources:
          ads_config:
            api_type: {(options.Delta ? "DELTA_GRPC" : "GRPC")}
            transport_api_version: V3
            set_node_on_first_message_only: true
            grpc_services:
            - envoy_grpc:
                cluster_name: xds_cluster
                # Without the server Envoy goes on with what it has; this is how soon it finds a restarted one.
                retry_policy:
                  retry_back_off:
                    base_interval: 0.5s
                    max_interval: {options.ReconnectLimit.TotalSeconds.ToString(CultureInfo.InvariantCulture)}s
          # Not ready, and no pod of a rollout is taken for ready, before the server has answered: by default Envoy would go on
          # after 15 s each, without clusters or listeners.
          lds_config:
            resource_api_version: V3
            initial_fetch_timeout: 0s
            ads: {"{}"}
          cds_config:
            resource_api_version: V3
            initial_fetch_timeout: 0s
            ads: {"{}"}


        """;

    private static string XdsCluster(BootstrapOptions options)
    {
        // An address needs no resolver; a name may stand for several replicas and may move.
        var discovery = IPAddress.TryParse(options.XdsHost, out _)
            ? "    type: STATIC\n"
            : "    type: STRICT_DNS\n    dns_lookup_family: V4_PREFERRED\n";
        return $"""
        static_resources:
          clusters:
          - name: xds_cluster
        {discovery}    connect_timeout: 1s
            typed_extension_protocol_options:
              envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                explicit_http_config:
                  http2_protocol_options:
                    # The stream is silent while nothing changes: pings tell a quiet server from a dead one.
                    connection_keepalive:
                      interval: 30s
                      timeout: 5s
            load_assignment:
              cluster_name: xds_cluster
              endpoints:
              - lb_endpoints:
                - endpoint:
                    address:
                      socket_address:
                        address: {YamlScalar.Write(options.XdsHost)}
                        port_value: {options.XdsPort}


        """;
    }

    private static string Limits(BootstrapOptions options) =>
        $"""
        # Runtime values can be read and changed through the admin interface; none is set here.
        layered_runtime:
          layers:
          - name: admin
            admin_layer: {"{}"}

        # An Envoy without a limit accepts connections until its file descriptors run out.
        overload_manager:
          resource_monitors:
          - name: envoy.resource_monitors.global_downstream_max_connections
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig
              max_active_downstream_connections: {options.MaxDownstreamConnections}

        """;
}

{{/*
The file that `xds-canary bootstrap --cluster NAME --namespace NS --xds-host HOST` prints, with an admin interface that Prometheus
and the server can reach. eng/check-chart.sh compares the two.
*/}}
{{- define "xds-canary.bootstrap" -}}
# Bootstrap of an Envoy that takes its configuration from XdsCanary: delta.
# The pod's name replaces the id below (--service-node).

node:
  id: {{ include "xds-canary.envoyName" . }}
  cluster: {{ include "xds-canary.envoyName" . }}
  metadata:
    # Services of this namespace answer to their bare names as well.
    namespace: {{ .Release.Namespace | quote }}
    {{- with .Values.envoy.namespaces }}
    # Services of these namespaces are routed too; "*" stands for all.
    namespaces: {{ toJson . }}
    {{- end }}
    # The server reads the statistics of canaries here, if it can reach it; 0.0.0.0 or no host: the address it sees.
    admin: "0.0.0.0:{{ .Values.envoy.ports.admin.containerPort }}"

# The admin interface has no authentication; networkPolicy.enabled lets only the server, Prometheus and adminFrom reach it.
admin:
  address:
    socket_address:
      address: 0.0.0.0
      port_value: {{ .Values.envoy.ports.admin.containerPort }}

# How old the durations in the statistics may be; 5 s by default, too long for a canary that is taken back in seconds.
stats_flush_interval: 1s

# Statistics of a cluster from its first request on: with thousands of clusters the rest costs memory, and time each second.
deferred_stat_options:
  enable_deferred_creation_stats: true

# Listeners and clusters come over one aggregated stream; they name the routes and endpoints, which come over it too.
dynamic_resources:
  ads_config:
    api_type: DELTA_GRPC
    transport_api_version: V3
    set_node_on_first_message_only: true
    grpc_services:
    - envoy_grpc:
        cluster_name: xds_cluster
        # Without the server Envoy goes on with what it has; this is how soon it finds a restarted one.
        retry_policy:
          retry_back_off:
            base_interval: 0.5s
            max_interval: 10s
  # 0s: wait for as long as it takes. After 15 s, the default, an Envoy that has never reached the server calls itself ready without
  # a listener, and a rollout deletes the pods that still serve.
  lds_config:
    resource_api_version: V3
    initial_fetch_timeout: 0s
    ads: {}
  cds_config:
    resource_api_version: V3
    initial_fetch_timeout: 0s
    ads: {}

static_resources:
  clusters:
  - name: xds_cluster
    type: STRICT_DNS
    dns_lookup_family: V4_PREFERRED
    connect_timeout: 1s
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
                address: {{ include "xds-canary.fullname" . }}.{{ .Release.Namespace }}
                port_value: {{ .Values.xds.port }}

# Runtime values can be read and changed through the admin interface; none is set here.
layered_runtime:
  layers:
  - name: admin
    admin_layer: {}

# An Envoy without a limit accepts connections until its file descriptors run out.
overload_manager:
  resource_monitors:
  - name: envoy.resource_monitors.global_downstream_max_connections
    typed_config:
      "@type": type.googleapis.com/envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig
      max_active_downstream_connections: {{ .Values.envoy.maxConnections | int }}
{{- end }}

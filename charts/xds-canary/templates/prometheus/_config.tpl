{{- define "xds-canary.prometheusConfig" -}}
global:
  scrape_interval: {{ .Values.prometheus.scrapeInterval }}
  scrape_timeout: {{ .Values.prometheus.scrapeInterval }}

scrape_configs:
# Envoys: pods with a container named envoy that has a port named admin, or with annotations that say where their statistics are:
# prometheus.io/path /stats/prometheus, and prometheus.io/port. With another path they are those of the application beside it.
- job_name: envoy
  metrics_path: /stats/prometheus
  kubernetes_sd_configs:
  - role: pod
    {{- include "xds-canary.scrapedNamespaces" . | nindent 4 }}
  relabel_configs:
  - source_labels: [__meta_kubernetes_pod_container_name]
    regex: envoy
    action: keep
  - source_labels: [__meta_kubernetes_pod_phase]
    regex: Pending|Succeeded|Failed|Unknown
    action: drop
  - source_labels:
    - __meta_kubernetes_pod_container_port_name
    - __meta_kubernetes_pod_annotation_prometheus_io_path
    - __meta_kubernetes_pod_annotation_prometheus_io_port
    separator: ";"
    regex: admin;.*|.*;/stats/prometheus;[0-9]+
    action: keep
  # One target for each pod, whatever ports it has: what has the same address and labels counts once.
  {{- include "xds-canary.annotatedAddress" "/stats/prometheus" | nindent 2 }}
  # The queries for canaries tell Envoys apart by these.
  - source_labels: [__meta_kubernetes_namespace]
    target_label: {{ .Values.metrics.namespaceLabel | default "kubernetes_namespace" }}
  - source_labels: [__meta_kubernetes_pod_name]
    target_label: kubernetes_pod_name
  metric_relabel_configs:
  # What clusters and the server of an Envoy count. Its listeners, filters and runtime count much more that nobody asks for.
  - source_labels: [__name__]
    regex: envoy_cluster_(upstream_rq|upstream_cx|membership|update|circuit_breakers).*|envoy_server_.*
    action: keep
  # The stream to the control plane is no service.
  - source_labels: [envoy_cluster_name]
    regex: xds_cluster
    action: drop

# Other pods, the server among them, by their annotations prometheus.io/scrape, path and port.
- job_name: pods
  kubernetes_sd_configs:
  - role: pod
    {{- include "xds-canary.scrapedNamespaces" . | nindent 4 }}
  # The label namespace of the server's series is the canary's.
  honor_labels: true
  relabel_configs:
  - source_labels: [__meta_kubernetes_pod_annotation_prometheus_io_scrape]
    regex: "true"
    action: keep
  - source_labels: [__meta_kubernetes_pod_annotation_prometheus_io_path]
    regex: /stats/prometheus
    action: drop
  - source_labels: [__meta_kubernetes_pod_container_init]
    regex: "true"
    action: drop
  - source_labels: [__meta_kubernetes_pod_phase]
    regex: Pending|Succeeded|Failed|Unknown
    action: drop
  - source_labels: [__meta_kubernetes_pod_annotation_prometheus_io_path]
    regex: (.+)
    target_label: __metrics_path__
  {{- include "xds-canary.annotatedAddress" ".*" | nindent 2 }}
  - source_labels: [__meta_kubernetes_namespace]
    target_label: kubernetes_namespace
  - source_labels: [__meta_kubernetes_pod_name]
    target_label: kubernetes_pod_name
{{- if and .Values.prometheus.scrapeNodes (not .Values.namespaced) }}

# Processor, memory and network of pods, for the dashboard.
- job_name: cadvisor
  scheme: https
  metrics_path: /metrics/cadvisor
  # The kubelets measure every 10 to 15 s.
  scrape_interval: 15s
  scrape_timeout: 10s
  kubernetes_sd_configs:
  - role: node
  authorization:
    credentials_file: /var/run/secrets/kubernetes.io/serviceaccount/token
  tls_config:
    ca_file: /var/run/secrets/kubernetes.io/serviceaccount/ca.crt
    # Kubelets' certificates are their own unless the cluster signs them.
    insecure_skip_verify: true
  metric_relabel_configs:
  - source_labels: [__name__]
    regex: container_(cpu_usage_seconds_total|memory_working_set_bytes|network_(receive|transmit)_bytes_total)
    action: keep
{{- end }}
{{- end }}

{{/*
Rules that lead to the port of the annotation prometheus.io/port where prometheus.io/path is as given, an expression. Other pods keep
the address that they were found under.
*/}}
{{- define "xds-canary.annotatedAddress" -}}
- source_labels:
  - __meta_kubernetes_pod_annotation_prometheus_io_path
  - __meta_kubernetes_pod_ip
  - __meta_kubernetes_pod_annotation_prometheus_io_port
  separator: ";"
  regex: {{ . }};([^:;]+);([0-9]+)
  replacement: $1:$2
  target_label: __address__
# IPv6.
- source_labels:
  - __meta_kubernetes_pod_annotation_prometheus_io_path
  - __meta_kubernetes_pod_ip
  - __meta_kubernetes_pod_annotation_prometheus_io_port
  separator: ";"
  regex: {{ . }};([^;]*:[^;]*);([0-9]+)
  replacement: "[$1]:$2"
  target_label: __address__
{{- end }}

{{/* Where Prometheus looks for pods. */}}
{{- define "xds-canary.scrapedNamespaces" -}}
{{- if .Values.namespaced -}}
namespaces:
  names: {{ list .Release.Namespace (include "xds-canary.watchNamespace" .) | uniq | toJson }}
{{- end }}
{{- end }}

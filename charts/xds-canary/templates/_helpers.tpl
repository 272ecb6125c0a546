{{/* The chart's name, at most 63 characters. */}}
{{- define "xds-canary.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* What the objects are called. Room is left for "-loadtester" behind it. */}}
{{- define "xds-canary.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" }}
{{- else }}
{{- $name := include "xds-canary.name" . }}
{{- if contains $name .Release.Name }}
{{- .Release.Name | trunc 50 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 50 | trimSuffix "-" }}
{{- end }}
{{- end }}
{{- end }}

{{/* Labels by which a component's pods are chosen. Call with (list . "server"). */}}
{{- define "xds-canary.selector" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: {{ include "xds-canary.name" $root }}
app.kubernetes.io/instance: {{ $root.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{/* All labels of a component's objects. Call with (list . "server"). */}}
{{- define "xds-canary.labels" -}}
{{- $root := index . 0 -}}
{{ include "xds-canary.selector" . }}
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/*
What a ClusterRole and its binding are called. The colon keeps releases apart, for no namespace has one: with a hyphen "a-b" in "c" would
be "b" in "c-a". Nothing is cut: these names may have 253 characters.
*/}}
{{- define "xds-canary.clusterName" -}}
{{- printf "%s:%s" .Release.Namespace (include "xds-canary.fullname" .) }}
{{- end }}

{{- define "xds-canary.image" -}}
{{- printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) }}
{{- end }}

{{- define "xds-canary.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- .Values.serviceAccount.name | default (include "xds-canary.fullname" .) }}
{{- else }}
{{- .Values.serviceAccount.name | default "default" }}
{{- end }}
{{- end }}

{{/* The one namespace that is watched; empty for all. */}}
{{- define "xds-canary.watchNamespace" -}}
{{- if .Values.namespaced }}
{{- .Values.watchNamespace | default .Release.Namespace }}
{{- else if .Values.watchNamespace }}
{{- fail "watchNamespace: it is for namespaced: true; set that, or remove watchNamespace to watch all namespaces" }}
{{- end }}
{{- end }}

{{- define "xds-canary.leaseName" -}}
{{- .Values.lease.name | default (include "xds-canary.fullname" .) }}
{{- end }}

{{- define "xds-canary.leaseNamespace" -}}
{{- .Values.lease.namespace | default .Release.Namespace }}
{{- end }}

{{- define "xds-canary.adminSecret" -}}
{{- .Values.admin.existingSecret | default (printf "%s-admin" (include "xds-canary.fullname" .)) }}
{{- end }}

{{- define "xds-canary.peerService" -}}
{{- include "xds-canary.fullname" . }}-peers
{{- end }}

{{/* Address of Prometheus; empty when none is known. */}}
{{- define "xds-canary.metricsServer" -}}
{{- if .Values.metrics.server }}
{{- .Values.metrics.server }}
{{- else if .Values.prometheus.enabled }}
{{- printf "http://%s-prometheus.%s:9090" (include "xds-canary.fullname" .) .Release.Namespace }}
{{- end }}
{{- end }}

{{- define "xds-canary.metricsSource" -}}
{{- if .Values.metrics.source }}
{{- .Values.metrics.source }}
{{- else if include "xds-canary.metricsServer" . }}
{{- "Prometheus" }}
{{- else }}
{{- "Envoy" }}
{{- end }}
{{- end }}

{{/* The server's image, unless the load tester has one of its own. */}}
{{- define "xds-canary.loadtesterImage" -}}
{{- if .Values.loadtester.image.repository }}
{{- printf "%s:%s" .Values.loadtester.image.repository (.Values.loadtester.image.tag | default .Chart.AppVersion) }}
{{- else }}
{{- include "xds-canary.image" . }}
{{- end }}
{{- end }}

{{- define "xds-canary.loadtesterName" -}}
{{- .Values.loadtester.service.name | default (printf "%s-loadtester" (include "xds-canary.fullname" .)) }}
{{- end }}

{{/* Prefers other nodes for the pods of a component. Call with (list . "server"). */}}
{{- define "xds-canary.spread" -}}
podAntiAffinity:
  preferredDuringSchedulingIgnoredDuringExecution:
  - weight: 100
    podAffinityTerm:
      topologyKey: kubernetes.io/hostname
      labelSelector:
        matchLabels:
          {{- include "xds-canary.selector" . | nindent 10 }}
{{- end }}

{{/* Where pods go. Call with (dict "root" . "values" .Values.envoy "component" "envoy" "spread" true). */}}
{{- define "xds-canary.placement" -}}
{{- with .values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- if .values.affinity }}
affinity:
  {{- toYaml .values.affinity | nindent 2 }}
{{- else if .spread }}
affinity:
  {{- include "xds-canary.spread" (list .root .component) | nindent 2 }}
{{- end }}
{{- end }}

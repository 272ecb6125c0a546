{{- define "xds-canary.envoyName" -}}
{{- include "xds-canary.fullname" . }}-envoy
{{- end }}

{{/* Refuses what cannot work, with the mend. */}}
{{- define "xds-canary.checkEnvoy" -}}
{{- $watched := include "xds-canary.watchNamespace" . }}
{{- if and $watched (ne $watched .Release.Namespace) }}
{{- fail (printf "envoy.enabled: the gateway must be in the namespace that is watched; install the release in %s, or remove watchNamespace" $watched) }}
{{- end }}
{{- /*
Helm looks every kind up before it makes anything, so that an installation cannot make both the kind TrafficSplit and a split.
Only where a cluster answers: what is merely rendered has no list of kinds.
*/}}
{{- $isConnected := .Capabilities.APIVersions.Has "apps/v1/Deployment" }}
{{- $isKnown := .Capabilities.APIVersions.Has "split.smi-spec.io/v1alpha4" }}
{{- $older := list }}
{{- range list "v1alpha1" "v1alpha2" "v1alpha3" }}
{{- if $.Capabilities.APIVersions.Has (printf "split.smi-spec.io/%s" .) }}
{{- $older = append $older . }}
{{- end }}
{{- end }}
{{- range $name, $upstream := .Values.envoy.upstreams }}
{{- if and $isConnected (not $isKnown) (not (dig "smi" "enabled" false $upstream)) }}
{{- $what := printf "envoy.upstreams.%s: the cluster does not know TrafficSplit (split.smi-spec.io/v1alpha4)" $name }}
{{- $then := "install without upstreams first (--set envoy.upstreams=null), then upgrade with them" }}
{{- if $older }}
{{- fail (printf "%s but %s; set smi.enabled: true and make the TrafficSplit yourself, or have the chart's kinds take the place of those: with crds.smi.install: true and --take-ownership %s" $what (join ", " $older) $then) }}
{{- else if not $.Values.crds.smi.install }}
{{- fail (printf "%s, and crds.smi.install: false does not add it; apply the chart's files/crds first, or set crds.smi.install: true and %s" $what $then) }}
{{- end }}
{{- fail (printf "%s yet; %s" $what $then) }}
{{- end }}
{{- $path := printf "envoy.upstreams.%s" $name }}
{{- $sum := 0 }}
{{- $ports := dict }}
{{- range $backend, $value := $upstream.backends }}
{{- $here := printf "%s.backends.%s" $path $backend }}
{{- if contains "." $backend }}
{{- fail (printf "%s: a backend is a Service of the release's namespace; write its name alone, without a dot" $here) }}
{{- end }}
{{- if dig "http2" "enabled" false $value }}
{{- fail (printf "%s.http2: set appProtocol: kubernetes.io/h2c on the port of the Service %s instead, and remove http2.enabled" $here $backend) }}
{{- end }}
{{- if $value.request_headers_to_add }}
{{- fail (printf "%s.request_headers_to_add: a TrafficSplit adds no headers; tell the pods of the Service %s by a variable of their own what the header told them, and remove request_headers_to_add" $here $backend) }}
{{- end }}
{{- if $value.per_filter_config }}
{{- fail (printf "%s.per_filter_config: the server configures Envoy's filters, the same for all backends; do in the pods of the Service %s what the filter did, and remove per_filter_config" $here $backend) }}
{{- end }}
{{- $sum = add $sum $value.weight }}
{{- $_ := set $ports (toString $value.port) true }}
{{- end }}
{{- if ne (int $sum) 100 }}
{{- fail (printf "%s: the weights of its backends must sum to 100, not %d" $path (int $sum)) }}
{{- end }}
{{- if gt (len $ports) 1 }}
{{- fail (printf "%s: all backends must have the same port, not %s; give the Services a common port" $path (keys $ports | sortAlpha | join " and ")) }}
{{- end }}
{{- end }}
{{- end }}

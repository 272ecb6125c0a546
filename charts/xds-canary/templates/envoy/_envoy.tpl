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
{{- range $name, $upstream := .Values.envoy.upstreams }}
{{- if and $isConnected (not $isKnown) (not (dig "smi" "enabled" false $upstream)) }}
{{- fail (printf "envoy.upstreams.%s: the cluster does not know TrafficSplit (split.smi-spec.io/v1alpha4) yet; install without upstreams first (--set envoy.upstreams=null), then upgrade with them" $name) }}
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

namespace XdsCanary.Kubernetes.Tests.Guide;

/// <summary>
/// Runs a Prometheus that cannot ask an API server for its targets, as Debian's: lists the pods for it, by the rights of its own
/// account, and gives them the labels that it would give them. Everything else of its configuration stays. One that can, is left to it.
/// </summary>
internal static class PrometheusScript
{
    /// <summary>The script; <c>PROGRAM</c> stands for the program.</summary>
    public const string Text =
        """
        #!/usr/bin/env bash
        set -eu
        account=/var/run/secrets/kubernetes.io/serviceaccount
        arguments=()
        config=
        for argument in "$@"; do
          case $argument in
            --config.file=*) config=${argument#*=} ;;
            *) arguments+=("$argument") ;;
          esac
        done
        if promtool check config "$config" >/dev/null 2>&1; then exec "PROGRAM" "$@"; fi

        cat >"$POD_ROOT/pods.tpl" <<'TEMPLATE'
        [{{range .items}}{{$pod := .}}{{if .status.podIP}}{{range .spec.containers}}{{$name := .name}}{{range .ports}}
        {"targets": ["{{$pod.status.podIP}}:{{.containerPort}}"], "labels": {
          "__meta_kubernetes_namespace": "{{$pod.metadata.namespace}}", "__meta_kubernetes_pod_name": "{{$pod.metadata.name}}",
          "__meta_kubernetes_pod_ip": "{{$pod.status.podIP}}", "__meta_kubernetes_pod_phase": "{{$pod.status.phase}}",
          "__meta_kubernetes_pod_container_name": "{{$name}}", "__meta_kubernetes_pod_container_init": "false",
          {{with $pod.metadata.annotations}}
          {{with index . "prometheus.io/scrape"}}"__meta_kubernetes_pod_annotation_prometheus_io_scrape": "{{.}}",{{end}}
          {{with index . "prometheus.io/path"}}"__meta_kubernetes_pod_annotation_prometheus_io_path": "{{.}}",{{end}}
          {{with index . "prometheus.io/port"}}"__meta_kubernetes_pod_annotation_prometheus_io_port": "{{.}}",{{end}}
          {{end}}
          {{with .name}}"__meta_kubernetes_pod_container_port_name": "{{.}}",{{end}}
          "__meta_kubernetes_pod_container_port_number": "{{.containerPort}}"}},{{end}}{{end}}{{end}}{{end}} {"targets": []}]
        TEMPLATE
        # There is no kubelet: nodes have no targets.
        sed -e 's/kubernetes_sd_configs:/file_sd_configs:/' \
          -e "s|^\( *\)- role: \(.*\)|\1- files: [$POD_ROOT/\2.json]|" "$config" >"$POD_ROOT/prometheus.yml"
        while :; do
          if kubectl --server https://10.96.0.1 --certificate-authority $account/ca.crt --token "$(cat $account/token)" \
            --cache-dir "$POD_ROOT/cache" get pods --all-namespaces \
            --output go-template-file="$POD_ROOT/pods.tpl" >"$POD_ROOT/pod.new" 2>"$POD_ROOT/pod.error"; then
            mv "$POD_ROOT/pod.new" "$POD_ROOT/pod.json"
          fi
          sleep 2
        done &
        exec "PROGRAM" --config.file="$POD_ROOT/prometheus.yml" "${arguments[@]}"
        """;
}

using System.Collections.Frozen;
using System.Text.Json.Nodes;

namespace XdsCanary.CanaryEngine.Kubernetes.Objects;

/// <summary>What an API server fills into pod templates (`k8s.io/api/core/v1`, defaults of PodSpec). Pure.</summary>
internal static class TemplateDefaults
{
    // What is limited is requested, too, unless something else is.
    private const string Requests = "spec.containers[].resources.requests.";

    private static readonly FrozenDictionary<string, string> Values = Table().ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>True for a value that would be there if nobody had written it.</summary>
    /// <param name="parent">The object that the field is in.</param>
    /// <param name="path">Its path from the template; items of lists are <c>[]</c>, all containers <c>spec.containers[]</c>.</param>
    /// <param name="value">The value.</param>
    public static bool IsDefault(JsonObject parent, string path, JsonNode value) => path switch
    {
        "spec.serviceAccount" => Fields.Text(value) == parent.TextAt("serviceAccountName"),
        "spec.containers[].imagePullPolicy" => Fields.Text(value) == PullPolicy(parent.TextAt("image")),
        _ when path.StartsWith(Requests, StringComparison.Ordinal) =>
            CanonicalJson.AreEqual(value, parent.Parent.At("limits", path[Requests.Length..])),
        _ => Values.TryGetValue(path, out var known) && known == CanonicalJson.Text(value),
    };

    // An image without a tag is the latest one, which is pulled each time; a digest says which it is.
    private static string PullPolicy(string image)
    {
        var isDigest = image.Contains('@', StringComparison.Ordinal);
        var name = image[(image.LastIndexOf('/') + 1)..];
        var isLatest = !name.Contains(':', StringComparison.Ordinal) || name.EndsWith(":latest", StringComparison.Ordinal);
        return isLatest && !isDigest ? "Always" : "IfNotPresent";
    }

    private static IEnumerable<KeyValuePair<string, string>> Table() => OfPod().Concat(OfContainers()).Concat(OfVolumes())
        .Select(entry => KeyValuePair.Create(entry.Path, entry.Json));

    private static IEnumerable<(string Path, string Json)> OfPod() =>
    [
        ("spec.restartPolicy", "\"Always\""),
        ("spec.dnsPolicy", "\"ClusterFirst\""),
        ("spec.schedulerName", "\"default-scheduler\""),
        ("spec.terminationGracePeriodSeconds", "30"),
        ("spec.enableServiceLinks", "true"),
        ("spec.hostNetwork", "false"),
        ("spec.hostPID", "false"),
        ("spec.hostIPC", "false"),
        ("spec.shareProcessNamespace", "false"),
    ];

    private static IEnumerable<(string Path, string Json)> OfContainers()
    {
        const string Container = "spec.containers[]";
        yield return ($"{Container}.terminationMessagePath", "\"/dev/termination-log\"");
        yield return ($"{Container}.terminationMessagePolicy", "\"File\"");
        yield return ($"{Container}.ports[].protocol", "\"TCP\"");
        yield return ($"{Container}.env[].valueFrom.fieldRef.apiVersion", "\"v1\"");
        yield return ($"{Container}.env[].valueFrom.configMapKeyRef.optional", "false");
        yield return ($"{Container}.env[].valueFrom.secretKeyRef.optional", "false");
        yield return ($"{Container}.envFrom[].configMapRef.optional", "false");
        yield return ($"{Container}.envFrom[].secretRef.optional", "false");
        yield return ($"{Container}.volumeMounts[].readOnly", "false");
        yield return ($"{Container}.stdin", "false");
        yield return ($"{Container}.stdinOnce", "false");
        yield return ($"{Container}.tty", "false");
        yield return ($"{Container}.securityContext.procMount", "\"Default\"");
        foreach (var probe in (string[])["livenessProbe", "readinessProbe", "startupProbe"])
        {
            yield return ($"{Container}.{probe}.timeoutSeconds", "1");
            yield return ($"{Container}.{probe}.periodSeconds", "10");
            yield return ($"{Container}.{probe}.successThreshold", "1");
            yield return ($"{Container}.{probe}.failureThreshold", "3");
            yield return ($"{Container}.{probe}.initialDelaySeconds", "0");
            yield return ($"{Container}.{probe}.grpc.service", "\"\"");
        }

        foreach (var action in (string[])
            ["livenessProbe", "readinessProbe", "startupProbe", "lifecycle.postStart", "lifecycle.preStop"])
        {
            yield return ($"{Container}.{action}.httpGet.path", "\"/\"");
            yield return ($"{Container}.{action}.httpGet.scheme", "\"HTTP\"");
        }
    }

    private static IEnumerable<(string Path, string Json)> OfVolumes()
    {
        const string Volume = "spec.volumes[]";
        const string FieldVersion = "downwardAPI.items[].fieldRef.apiVersion";
        foreach (var source in (string[])["configMap", "secret", "projected", "downwardAPI"])
        {
            yield return ($"{Volume}.{source}.defaultMode", "420");
            yield return ($"{Volume}.{source}.optional", "false");
            yield return ($"{Volume}.projected.sources[].{source}.optional", "false");
        }

        yield return ($"{Volume}.{FieldVersion}", "\"v1\"");
        yield return ($"{Volume}.projected.sources[].{FieldVersion}", "\"v1\"");
        yield return ($"{Volume}.projected.sources[].serviceAccountToken.expirationSeconds", "3600");
        yield return ($"{Volume}.hostPath.type", "\"\"");
        yield return ($"{Volume}.persistentVolumeClaim.readOnly", "false");
        yield return ($"{Volume}.csi.readOnly", "false");
        yield return ($"{Volume}.ephemeral.volumeClaimTemplate.spec.volumeMode", "\"Filesystem\"");
        yield return ($"{Volume}.iscsi.iscsiInterface", "\"default\"");
        yield return ($"{Volume}.rbd.pool", "\"rbd\"");
        yield return ($"{Volume}.rbd.user", "\"admin\"");
        yield return ($"{Volume}.rbd.keyring", "\"/etc/ceph/keyring\"");
        yield return ($"{Volume}.azureDisk.cachingMode", "\"ReadWrite\"");
        yield return ($"{Volume}.azureDisk.fsType", "\"ext4\"");
        yield return ($"{Volume}.azureDisk.kind", "\"Shared\"");
        yield return ($"{Volume}.azureDisk.readOnly", "false");
    }
}

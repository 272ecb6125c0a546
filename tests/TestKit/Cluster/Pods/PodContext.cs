using System.Text.Json.Nodes;

namespace XdsCanary.TestKit.Cluster.Pods;

/// <summary>What everything that is done for a pod must know of it.</summary>
/// <param name="Node">The node it runs on.</param>
/// <param name="Pod">The object as it was when the pod was bound: nothing in it that matters here changes later.</param>
/// <param name="Network">Its network.</param>
/// <param name="Folder">The folder that holds its volumes.</param>
internal sealed record PodContext(NodeContext Node, JsonObject Pod, PodNetwork Network, string Folder)
{
    public string Name => Pod.Name();

    /// <summary>Its IP address.</summary>
    public string Address => Network.Address;

    public string Namespace => Pod.Namespace();

    /// <summary>The service account that the pod names; null when it names none.</summary>
    public string? ServiceAccount =>
        Pod.At("spec", "automountServiceAccountToken") is { } mounts && !mounts.GetValue<bool>()
            ? null
            : Pod.Text("spec", "serviceAccountName") ?? Pod.Text("spec", "serviceAccount");

    /// <summary>Replaces the texts in braces that <see cref="ImageProgram"/> lists.</summary>
    public string Fill(string template, JsonObject container, int defaultPort)
    {
        if (!template.Contains('{', StringComparison.Ordinal))
        {
            return template;
        }

        var text = template
            .Replace("{podIP}", Address, StringComparison.Ordinal)
            .Replace("{podName}", Name, StringComparison.Ordinal)
            .Replace("{namespace}", Namespace, StringComparison.Ordinal)
            .Replace("{podRoot}", Folder, StringComparison.Ordinal)
            .Replace("{port}", $"{Port(container, defaultPort)}", StringComparison.Ordinal);
        foreach (var port in container.Items("ports").Where(port => port.Text("name") is not null))
        {
            text = text.Replace($"{{port:{port.Text("name")}}}", port.Text("containerPort"), StringComparison.Ordinal);
        }

        return text;
    }

    /// <summary>The port that a probe or hook names: by number, or by the name of a container port.</summary>
    public static int? PortOf(JsonObject container, JsonNode? named)
    {
        var text = named?.ToString() ?? string.Empty;
        return int.TryParse(text, out var number)
            ? number
            : container.Items("ports").FirstOrDefault(port => port.Text("name") == text).Number("containerPort");
    }

    private static int Port(JsonObject container, int defaultPort) =>
        PortOf(container, "http") ?? container.Items("ports").FirstOrDefault().Number("containerPort") ?? defaultPort;
}

namespace XdsCanary.TestKit.Cluster.Pods;

/// <summary>Fields of a pod that its containers may ask for (the downward API).</summary>
internal static class PodFields
{
    /// <summary>The text of a field.</summary>
    /// <param name="context">The pod.</param>
    /// <param name="path">For example <c>metadata.labels['app']</c>.</param>
    public static string Read(PodContext context, string path) => path switch
    {
        "status.podIP" or "status.podIPs" => context.Address,
        "status.hostIP" or "status.hostIPs" => NodeContext.NodeAddress,
        "spec.nodeName" => context.Node.Options.Name,
        "metadata.labels" or "metadata.annotations" => string.Concat(
            context.Pod.Entries(path.Split('.')).Select(entry => $"{entry.Key}=\"{entry.Value}\"\n")),
        _ when path.IndexOf("['", StringComparison.Ordinal) is > 0 and var start =>
            context.Pod.Text([.. path[..start].Split('.'), path[(start + 2)..].TrimEnd(']', '\'')]) ?? string.Empty,
        _ => context.Pod.Text(path.Split('.')) ?? string.Empty,
    };
}

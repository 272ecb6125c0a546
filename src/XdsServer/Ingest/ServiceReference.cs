namespace XdsCanary.XdsServer.Ingest;

/// <summary>Reads the names of services in a split: the bare name, or its DNS names in the split's own namespace.</summary>
internal static class ServiceReference
{
    /// <summary>Reads a reference.</summary>
    /// <param name="text">The name as written, for example <c>web</c> or <c>web.shop.svc.cluster.local</c>.</param>
    /// <param name="ownNamespace">The split's namespace, the only one allowed.</param>
    /// <param name="clusterDomain">The DNS domain of the cluster.</param>
    /// <returns>The service's name; null for a service of another namespace or a name outside of the cluster.</returns>
    public static string? Resolve(string text, string ownNamespace, string clusterDomain)
    {
        var name = text.Split('.')[0];
        var suffix = text[name.Length..];
        return suffix.Length == 0
            || suffix == $".{ownNamespace}"
            || suffix == $".{ownNamespace}.svc"
            || suffix == $".{ownNamespace}.svc.{clusterDomain}"
            ? name
            : null;
    }
}

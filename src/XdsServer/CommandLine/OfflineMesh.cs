using System.Collections.Immutable;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Ingest;
using XdsCanary.XdsServer.Model;
using XdsCanary.XdsServer.Resources;
using XdsCanary.XdsServer.Snapshots;

namespace XdsCanary.XdsServer.CommandLine;

/// <summary>What the server would make of objects, computed without a server: for <c>validate</c> and <c>render</c>.</summary>
/// <param name="State">The mesh.</param>
/// <param name="Problems">The faults of the objects, in order of place, without those of unreadable documents.</param>
internal sealed record OfflineMesh(MeshState State, ImmutableArray<ObjectProblem> Problems)
{
    /// <summary>Reads objects as the server does, with default settings.</summary>
    /// <param name="objects">The objects.</param>
    public static OfflineMesh Read(ObjectSet objects)
    {
        var assembly = MeshAssembler.Assemble(null, objects, new MeshOptions());
        // Each namespace's own view, and the view of everything: what collides in one need not collide in another.
        var groups = assembly.State.Services.Items.Select(service => service.Name.Namespace).Distinct()
            .Select(name => NodeGroup.Create(name, []))
            .Append(NodeGroup.Create("default", [NodeGroup.AllNamespaces]));
        var findings = groups.SelectMany(
            group => ResourceBundleBuilder.Build(assembly.State, group, new ResourceOptions(), null).Findings);
        var problems = ObjectReports.Merge(assembly.Reports, findings).SelectMany(report => report.Conditions.Items
            .Where(condition => !condition.Status)
            .SelectMany(condition => Describe(report, condition)));
        return new OfflineMesh(assembly.State, [.. problems.Distinct()]);
    }

    /// <summary>Makes the snapshot that nodes of a group would get.</summary>
    /// <param name="group">The group.</param>
    public XdsSnapshot Snapshot(NodeGroup group) =>
        SnapshotBuilder.Build(group, ResourceBundleBuilder.Build(State, group, new ResourceOptions(), null).Bundle, null);

    private static ImmutableArray<ObjectProblem> Describe(ObjectReport report, ObjectCondition condition) =>
        condition.Problems.Count > 0
            ? condition.Problems.Items
            : [new ObjectProblem(report.Origin, report.Key, string.Empty, condition.Message, condition.Reason)];
}

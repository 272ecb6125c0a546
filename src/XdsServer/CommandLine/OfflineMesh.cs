using System.Collections.Immutable;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Ingest;
using XdsCanary.XdsServer.Model;
using XdsCanary.XdsServer.Resources;
using XdsCanary.XdsServer.Snapshots;

namespace XdsCanary.XdsServer.CommandLine;

/// <summary>What the server would make of objects, computed without a server: for <c>validate</c> and <c>render</c>.</summary>
/// <param name="State">The mesh.</param>
/// <param name="Problems">The faults of the objects, without those of unreadable documents.</param>
/// <param name="Notices">What is worth knowing about objects without fault.</param>
internal sealed record OfflineMesh(
    MeshState State, ImmutableArray<ObjectProblem> Problems, ImmutableArray<ObjectProblem> Notices)
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
        var conditions = ObjectReports.Merge(assembly.Reports, findings, objects)
            .SelectMany(report => report.Conditions.Items.Select(condition => (Report: report, Condition: condition)))
            .ToLookup(pair => pair.Condition.Status);
        var notices = conditions[true]
            .Where(pair => pair.Condition.Reason != ConditionReasons.Accepted)
            .Select(pair => Notice(pair.Report, pair.Condition));
        return new OfflineMesh(
            assembly.State,
            [.. conditions[false].SelectMany(pair => pair.Condition.Problems.Items).Distinct()],
            [.. notices]);
    }

    /// <summary>Makes the snapshot that nodes of a group would get.</summary>
    /// <param name="group">The group.</param>
    public XdsSnapshot Snapshot(NodeGroup group) =>
        SnapshotBuilder.Build(group, ResourceBundleBuilder.Build(State, group, new ResourceOptions(), null).Bundle, null);

    private static ObjectProblem Notice(ObjectReport report, ObjectCondition condition) => new(
        report.Origin, report.Key, string.Empty, condition.Message, "This is a notice, not a fault");
}

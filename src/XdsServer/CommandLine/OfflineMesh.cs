using System.Collections.Immutable;
using XdsCanary.CanaryEngine.Resources;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Hosting;
using XdsCanary.XdsServer.Ingest;
using XdsCanary.XdsServer.Model;
using XdsCanary.XdsServer.Resources;
using XdsCanary.XdsServer.Snapshots;

namespace XdsCanary.XdsServer.CommandLine;

/// <summary>What the server would make of objects, computed without a server: for <c>validate</c> and <c>render</c>.</summary>
/// <param name="Options">The settings that they were read with.</param>
/// <param name="State">The mesh.</param>
/// <param name="Problems">The faults of the objects, without those of unreadable documents.</param>
/// <param name="Notices">What is worth knowing about objects without fault.</param>
internal sealed record OfflineMesh(
    ServerOptions Options, MeshState State, ImmutableArray<ObjectProblem> Problems, ImmutableArray<ObjectProblem> Notices)
{
    /// <summary>Reads objects as the server does.</summary>
    /// <param name="objects">The objects.</param>
    /// <param name="options">The settings.</param>
    /// <param name="canaries">What canaries are read for.</param>
    public static OfflineMesh Read(ObjectSet objects, ServerOptions options, MapperOptions canaries)
    {
        var assembly = MeshAssembler.Assemble(null, objects, options.ToMesh());
        // Each namespace's own view, and the view of everything: what collides in one need not collide in another.
        var groups = assembly.State.Services.Items.Select(service => service.Name.Namespace).Distinct()
            .Select(name => NodeGroup.Create(name, []))
            .Append(NodeGroup.Create(options.DefaultNamespace, [NodeGroup.AllNamespaces]));
        var findings = groups.SelectMany(
            group => ResourceBundleBuilder.Build(assembly.State, group, options.ToResources(), null).Findings);
        var conditions = ObjectReports.Merge(assembly.Reports, findings, objects)
            .SelectMany(report => report.Conditions.Items.Select(condition => (Report: report, Condition: condition)))
            .ToLookup(pair => pair.Condition.Status);
        var notices = conditions[true]
            .Where(pair => pair.Condition.Reason != ConditionReasons.Accepted)
            .Select(pair => Notice(pair.Report, pair.Condition));
        var engine = CanaryObjects.Read(objects.Objects, canaries);
        return new OfflineMesh(
            options,
            assembly.State,
            [.. conditions[false].SelectMany(pair => pair.Condition.Problems.Items).Distinct(), .. engine.Faults],
            [.. notices, .. engine.Notes]);
    }

    /// <summary>Makes the snapshot that nodes of a group would get.</summary>
    /// <param name="group">The group.</param>
    public XdsSnapshot Snapshot(NodeGroup group) =>
        SnapshotBuilder.Build(group, ResourceBundleBuilder.Build(State, group, Options.ToResources(), null).Bundle, null);

    private static ObjectProblem Notice(ObjectReport report, ObjectCondition condition) => new(
        report.Origin, report.Key, string.Empty, condition.Message, "This is a notice, not a fault");
}

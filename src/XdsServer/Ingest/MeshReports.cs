using System.Collections.Immutable;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Model;
using XdsCanary.XdsServer.Streams;

namespace XdsCanary.XdsServer.Ingest;

/// <summary>
/// What the server makes of each object, as of the last rebuild: for <c>/debug/objects</c> and the log. Thread-safe.
/// </summary>
/// <param name="publisher">Adds what shows only when resources are built.</param>
internal sealed class MeshReports(SnapshotPublisher publisher)
{
    private Content _content = new(ObjectSet.Empty, MeshAssembler.Empty);

    /// <summary>Raised after each rebuild.</summary>
    public ChangeSignal Changed { get; } = new();

    /// <summary>The objects that the last rebuild saw.</summary>
    public ObjectSet Objects => Volatile.Read(ref _content).Objects;

    /// <summary>One report for each object, with the findings of the resource builders among its conditions.</summary>
    public ImmutableArray<ObjectReport> Reports
    {
        get
        {
            var content = Volatile.Read(ref _content);
            var kept = content.Objects.Kept;
            return
            [
                .. ObjectReports.Merge(content.Assembly.Reports, publisher.Findings, content.Objects)
                    .Select(report => kept.Contains(report.Key) ? report with { LastGoodInUse = true } : report),
            ];
        }
    }

    /// <summary>What became of the TrafficSplits, in no order.</summary>
    public IEnumerable<ObjectReport> OfSplits => Volatile.Read(ref _content).Assembly.Namespaces.Values
        .SelectMany(space => space.Splits.Lookups.Keys.Select(space.Reports.GetValueOrDefault).OfType<ObjectReport>());

    /// <summary>All faults: of documents that can't be read, of objects, and of what is built from them.</summary>
    public ImmutableArray<ObjectProblem> Problems
    {
        get
        {
            var (content, findings) = (Volatile.Read(ref _content), publisher.Findings);
            var concerned = content.Assembly.FaultyReports(findings.Select(finding => finding.Key));
            var reports = ObjectReports.Merge(concerned, findings, content.Objects);
            return [.. content.Objects.Problems, .. reports.SelectMany(report => report.Problems)];
        }
    }

    /// <summary>Puts the result of a rebuild in place.</summary>
    /// <param name="objects">The objects that it saw.</param>
    /// <param name="assembly">What it made of them.</param>
    public void Replace(ObjectSet objects, MeshAssembly assembly)
    {
        Volatile.Write(ref _content, new Content(objects, assembly));
        Changed.Raise();
    }

    private sealed record Content(ObjectSet Objects, MeshAssembly Assembly);
}

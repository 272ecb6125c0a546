using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Model;

namespace XdsCanary.XdsServer.Ingest;

/// <summary>Tells the engine, which writes to the cluster, what became of TrafficSplits. Thread-safe.</summary>
/// <param name="reports">What the last rebuild made of objects.</param>
internal sealed class SplitVerdicts(MeshReports reports) : ISplitVerdicts
{
    /// <inheritdoc/>
    public IEnumerable<SplitVerdict> Current => reports.OfSplits.Select(report => new SplitVerdict(
        report.Key.Name, report.Generation, report.Conditions.Items.Select(Convert).ToEquatableArray()));

    /// <inheritdoc/>
    public ChangeSignal Changed => reports.Changed;

    private static CanaryCondition Convert(ObjectCondition condition) =>
        new(condition.Type, condition.Status ? "True" : "False", condition.Reason, condition.Message);
}

using XdsCanary.CanaryEngine.Ports;

namespace XdsCanary.XdsServer.Ingest;

/// <summary>Tells the engine which objects the published snapshots are made of. Thread-safe.</summary>
/// <param name="reports">What the last rebuild saw.</param>
internal sealed class PublishedObjects(MeshReports reports) : IPublishedObjects
{
    /// <inheritdoc/>
    public long Revision => reports.Objects.Revision;
}

using XdsCanary.XdsServer.Observability;

namespace XdsCanary.XdsServer.Streams;

/// <summary>What every stream needs of the server.</summary>
/// <param name="Options">Choices.</param>
/// <param name="Publisher">Hands out snapshots.</param>
/// <param name="Registry">Knows the open streams.</param>
/// <param name="Pool">Shares names between streams.</param>
/// <param name="Metrics">Counts.</param>
/// <param name="Time">The clock.</param>
/// <param name="Logger">The log.</param>
internal sealed record StreamServices(
    StreamOptions Options,
    SnapshotPublisher Publisher,
    StreamRegistry Registry,
    NameSetPool Pool,
    XdsMetrics Metrics,
    TimeProvider Time,
    ILogger<XdsStreamSession> Logger);

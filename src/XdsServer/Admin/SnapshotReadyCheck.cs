using Microsoft.Extensions.Diagnostics.HealthChecks;
using XdsCanary.XdsServer.Streams;

namespace XdsCanary.XdsServer.Admin;

/// <summary>Ready means: every node group has a consistent snapshot, so a proxy that connects is served at once.</summary>
/// <param name="publisher">Knows the snapshots.</param>
/// <param name="lifetime">Tells when the server stops: then it is no longer ready.</param>
internal sealed class SnapshotReadyCheck(SnapshotPublisher publisher, IHostApplicationLifetime lifetime) : IHealthCheck
{
    /// <summary>Tells whether the server is ready.</summary>
    public bool IsReady => publisher.HasPublished && !lifetime.ApplicationStopping.IsCancellationRequested;

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(IsReady ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("no consistent snapshot yet"));
}

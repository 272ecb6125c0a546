namespace XdsCanary.XdsServer.Ingest;

/// <summary>Choices of the way from objects to a mesh.</summary>
/// <param name="Mesh">How objects are read.</param>
/// <param name="HoldOff">See <see cref="RebuildScheduler.HoldOff"/>.</param>
/// <param name="MaxHoldOff">See <see cref="RebuildScheduler.MaxHoldOff"/>.</param>
internal sealed record RebuildOptions(MeshOptions Mesh, TimeSpan HoldOff, TimeSpan MaxHoldOff);

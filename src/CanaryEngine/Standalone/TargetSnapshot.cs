namespace XdsCanary.CanaryEngine.Standalone;

/// <summary>
/// A Service with its endpoints as they were at one moment: what is analysed, and later promoted, whatever the manifests say by
/// then (H-03). Immutable.
/// </summary>
/// <param name="Revision">Hash of what counts: the Service's spec, the addresses and ports, the revision annotation.</param>
/// <param name="Spec">The Service's <c>spec</c>, JSON.</param>
/// <param name="Slices">Its EndpointSlices without identity, JSON, in the order of their names.</param>
/// <param name="Endpoints">How many endpoints it has.</param>
/// <param name="Ready">How many of them are ready.</param>
internal sealed record TargetSnapshot(
    string Revision, string Spec, EquatableArray<string> Slices, int Endpoints, int Ready);

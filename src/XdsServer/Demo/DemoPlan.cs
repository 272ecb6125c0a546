namespace XdsCanary.XdsServer.Demo;

/// <summary>What a run of the demo is made of.</summary>
/// <param name="Envoy">The Envoy program; null for the embedded data plane.</param>
/// <param name="Prometheus">The Prometheus program; null when the server reads the data plane itself.</param>
/// <param name="Scene">The only scene; null for all.</param>
internal sealed record DemoPlan(string? Envoy, string? Prometheus, int? Scene)
{
    /// <summary>How fast the canary goes.</summary>
    public CanaryPace Pace => Prometheus is null ? CanaryPace.Direct : CanaryPace.ByPrometheus;

    /// <summary>Tells whether a scene is run.</summary>
    /// <param name="scene">Its number.</param>
    public bool Has(int scene) => Scene is null || Scene == scene;
}

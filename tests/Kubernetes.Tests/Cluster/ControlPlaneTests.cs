using XdsCanary.TestKit;
using XdsCanary.TestKit.Cluster;

namespace XdsCanary.Kubernetes.Tests.Cluster;

/// <summary>The control plane by itself.</summary>
public sealed class ControlPlaneTests
{
    [Fact]
    public async Task Is_ready_from_nothing()
    {
        var started = TimeProvider.System.GetTimestamp();

        await using var plane = await ControlPlane.StartAsync(new ControlPlaneOptions());

        Figures.Record($"control plane ready after {TimeProvider.System.GetElapsedTime(started).TotalSeconds:0.0} s");
        var version = await plane.Kubectl.RunAsync("version");
        Assert.Equal(0, version.ExitCode);
    }
}

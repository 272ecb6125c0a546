using System.Diagnostics;
using XdsCanary.TestKit.RealEnvoy;
using XdsCanary.TestKit.Processes;

namespace XdsCanary.EndToEnd.Tests.Kit;

public sealed class EnvoyInstanceTests
{
    [Fact]
    public async Task Without_a_server_it_answers_but_is_not_ready()
    {
        await using var envoy = await EnvoyInstance.StartAsync(new EnvoyOptions { XdsPort = FreePort.Next() });

        Assert.False(await envoy.Admin.IsReadyAsync());
        Assert.Equal(0, await envoy.Admin.StatAsync("control_plane.connected_state"));
        Assert.Equal(0, await envoy.Admin.RejectedAsync());
        Assert.Contains("cluster_manager.cds.update_success", (await envoy.Admin.AcceptedAsync()).Keys);
        Assert.Empty(await envoy.Admin.ResourcesAsync());
        Assert.Contains(envoy.Log.Lines, line => line.Contains("starting main dispatch loop", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Disposed_it_is_gone()
    {
        var envoy = await EnvoyInstance.StartAsync(new EnvoyOptions { XdsPort = FreePort.Next() });

        await envoy.DisposeAsync();

        Assert.Throws<ArgumentException>(() => Process.GetProcessById(envoy.ProcessId));
    }
}

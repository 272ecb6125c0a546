using XdsCanary.EndToEnd.Tests.Mesh;
using XdsCanary.TestKit;
using XdsCanary.TestKit.Model;

namespace XdsCanary.EndToEnd.Tests.Canary;

/// <summary>A proxy that refuses a route, or does not answer, stops the canary and is named.</summary>
[Collection(RealPrograms.Name)]
public sealed class ConvergenceTests
{
    [Fact]
    public async Task H_20_A_route_that_Envoy_refuses_halts_the_canary_with_its_message()
    {
        await using var mesh = await CanaryMesh.StartAsync();
        await mesh.InitialiseAsync(
            ["interval: 1s", "threshold: 50", "iterations: 3", "match: [{headers: {x-user: {regex: \"a[b-z]+c\"}}}]"],
            CanaryText.Hooks(mesh.Hooks, "event"));

        // An Envoy may allow less than the language does; nobody but itself can tell.
        await mesh.Envoy.Admin.PostAsync("/runtime_modify?re2.max_program_size.error_level=1");
        mesh.Release(await mesh.UpstreamAsync("next"));

        var told = await mesh.EventAsync("route rejected by envoy-1: ");
        Assert.Equal("Warning", told.Type);
        Assert.Contains("program size", told.Text, StringComparison.Ordinal);
        var status = await mesh.StatusAsync(status => CanaryMesh.Text(status, "reason") == "RouteRejected");
        Assert.Contains("program size", CanaryMesh.Text(status, "message"), StringComparison.Ordinal);
        Assert.Equal("Progressing", CanaryMesh.Text(status, "phase"));
        Assert.Equal("first", (await mesh.AskAsync(("x-user", "abc"))).From);
        Assert.True(await mesh.Envoy.Admin.RejectedAsync() > 0);
        Assert.DoesNotContain(mesh.Hooks.Events, call => call.Text.Contains("iteration 2/3", StringComparison.Ordinal));
    }

    [Fact]
    public async Task H_20_A_proxy_that_never_acknowledges_is_named()
    {
        await using var mesh = await CanaryMesh.StartAsync();
        await mesh.InitialiseAsync(
            ["interval: 1s", "threshold: 2", "stepWeight: 10", "convergence: {timeout: 2s}"],
            CanaryText.Hooks(mesh.Hooks, "event"));
        var node = ModelNode.Create("default");
        await using var silent = DeltaModelClient.Connect(mesh.Server.Ports.Xds, node);
        silent.AutoAck = true;
        await silent.SubscribeAsync(TypeUrls.Route, "http");
        await Eventually.GetAsync(
            () => mesh.Server.Admin.ConvergenceAsync("default/web"), state => state is { Proxies: 2, Converged: 2 });

        silent.AutoAck = false;
        mesh.Release(await mesh.UpstreamAsync("next"));

        var text = $"Halt web.default advancement weight 10 not acknowledged by {node.Id} after 2s";
        Assert.Equal("Warning", (await mesh.EventAsync(text)).Type);
        var status = await mesh.StatusAsync(
            status => CanaryMesh.Text(status, "message").Contains(node.Id, StringComparison.Ordinal));
        Assert.Equal("NotConverged", CanaryMesh.Text(status, "reason"));

        // Nor does it hold the rollback up.
        Assert.Equal("ThresholdReached", CanaryMesh.Text(await mesh.PhaseAsync("Failed"), "reason"));
        Assert.DoesNotContain(mesh.Hooks.Events, call => call.Text.Contains("weight 20", StringComparison.Ordinal));
    }
}

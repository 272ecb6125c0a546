using XdsCanary.TestKit;
using XdsCanary.TestKit.Traffic;

namespace XdsCanary.EndToEnd.Tests.Mesh;

/// <summary>Services come and go under load: made before they are used, used no more before they go.</summary>
[Collection(RealPrograms.Name)]
public sealed class ServiceChurnTests
{
    private const int Services = 200;
    private const int RequestsToEach = 50;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Two_hundred_services_come_and_go_and_no_request_fails(bool delta)
    {
        await using var mesh = await RealMesh.StartAsync(delta);
        await using var traffic = TrafficClient.Start(mesh.To());
        await traffic.AdvancesAsync(100);
        var toNew = 0L;

        for (var number = 1; number <= Services; number++)
        {
            var service = $"extra-{number}";
            mesh.Manifests.WriteBackend(service, mesh.V2);
            await mesh.RoutesAsync(service);

            // From the moment at which the server calls it live.
            var report = await TrafficClient.RunAsync(mesh.To(service), RequestsToEach);
            Assert.True(report.Failed == 0, $"{service}: {report}");
            toNew += report.From(RealMesh.Second);

            mesh.Manifests.DeleteService(service);
            await mesh.ForgetsAsync(service);
        }

        await Eventually.GetAsync(
            mesh.Envoy.Admin.ResourcesAsync,
            resources => !resources.Any(resource => resource.Name.Contains("extra-", StringComparison.Ordinal)));
        await traffic.AdvancesAsync(100);
        var total = await traffic.StopAsync();

        Figures.Record($"{Services} services came and went; {toNew} requests to them, none failed; beside them {total}");
        Assert.Equal(Services * RequestsToEach, toNew);
        Assert.Equal(0, total.Failed);
        await mesh.AssertNothingRejectedAsync();
    }
}

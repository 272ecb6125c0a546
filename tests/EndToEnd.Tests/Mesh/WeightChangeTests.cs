using XdsCanary.TestKit;
using XdsCanary.TestKit.Traffic;

namespace XdsCanary.EndToEnd.Tests.Mesh;

/// <summary>Weights change under load, and no client notices more than that.</summary>
[Collection(RealPrograms.Name)]
public sealed class WeightChangeTests
{
    private const int Changes = 500;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Five_hundred_changes_under_load_fail_no_request_and_are_never_rejected(bool delta)
    {
        await using var mesh = await RealMesh.StartAsync(delta);
        var acceptedBefore = await AcceptedRoutesAsync(mesh);
        await using var traffic = TrafficClient.Start(mesh.To());
        await traffic.AdvancesAsync(100);

        for (var change = 1; change <= Changes; change++)
        {
            // 37 and 101 have no common divisor: every weight comes up, and none twice in a row.
            var second = change * 37 % 101;
            await mesh.ShiftAsync(100 - second, second);
        }

        await mesh.ShiftAsync(0, 100);
        await traffic.AdvancesAsync(100);
        var report = await traffic.StopAsync();
        var accepted = await AcceptedRoutesAsync(mesh) - acceptedBefore;

        Figures.Record($"{Changes} changes, {accepted} accepted by Envoy; {report}");
        Assert.Equal(0, report.Failed);
        Assert.True(accepted >= Changes, $"Envoy took {accepted} route configurations.");
        await mesh.AssertNothingRejectedAsync();
        Assert.Equal(1_000, (await TrafficClient.RunAsync(mesh.To(), 1_000)).From(RealMesh.Second));
    }

    private static async Task<long> AcceptedRoutesAsync(RealMesh mesh) =>
        (await mesh.Envoy.Admin.StatsAsync(@"\.rds\..*\.update_success$")).Values.Sum();
}

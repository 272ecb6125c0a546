using XdsCanary.EndToEnd.Tests.Mesh;

namespace XdsCanary.EndToEnd.Tests.Canary;

/// <summary>Whole runs under load, judged by the Envoys' own statistics: what is said of them is what Flagger says.</summary>
[Collection(RealPrograms.Name)]
public sealed class RunTests
{
    private const int Threshold = 3;

    [Fact]
    public async Task CTL_10_A_good_revision_is_promoted_step_by_step_and_no_request_fails()
    {
        await using var mesh = await CanaryMesh.StartAsync();
        await Runs.InitialiseAsync(mesh, interval: "1s", window: "2s", threshold: 5, guarded: false);
        await Runs.PromotesAsync(mesh);
    }

    [Fact]
    public async Task CTL_03_A_revision_that_fails_half_of_its_requests_is_rolled_back()
    {
        await using var mesh = await CanaryMesh.StartAsync();
        await Runs.InitialiseAsync(mesh, interval: "1s", window: "2s", Threshold, guarded: false);
        await Runs.FailsAsync(mesh, Threshold);
    }

    [Fact]
    public async Task CTL_03_A_slow_revision_is_rolled_back()
    {
        await using var mesh = await CanaryMesh.StartAsync();
        await Runs.InitialiseAsync(mesh, interval: "2s", window: "3s", Threshold, guarded: false);
        await Runs.LagsAsync(mesh, Threshold);
    }
}

using XdsCanary.CanaryEngine.Core;
using XdsCanary.XdsServer.Demo;

namespace XdsCanary.XdsServer.Tests.Demo;

public sealed class DemoReleasesTests
{
    private static readonly DemoRelease Good = new("v3", 1, true, "good");
    private static readonly DemoRelease Bad = new("v4", 2, false, "bad");

    [Fact]
    public void Judge_accepts_a_promotion_and_a_rollback_after_which_the_right_version_answers()
    {
        Assert.Null(DemoReleases.Judge(Good, Ended(CanaryPhase.Succeeded), Answers("v2", 5), Answers("v3", 5), "v3"));
        Assert.Null(DemoReleases.Judge(Bad, Ended(CanaryPhase.Failed), Answers("v4", 5, 500), Answers("v3", 5), "v3"));
    }

    [Fact]
    public void Judge_names_what_went_wrong()
    {
        var good = Answers("v3", 5);

        Assert.Contains("did not end", DemoReleases.Judge(Good, null, good, good, "v3"), StringComparison.Ordinal);
        Assert.Contains(
            "ended Succeeded, not Failed", DemoReleases.Judge(Bad, Ended(CanaryPhase.Succeeded), good, good, "v3"),
            StringComparison.Ordinal);
        Assert.Contains(
            "2 of 2 requests failed",
            DemoReleases.Judge(Good, Ended(CanaryPhase.Succeeded), Answers("v3", 2, 503), good, "v3"), StringComparison.Ordinal);
        Assert.Contains(
            "0 of 3 requests were answered by v3",
            DemoReleases.Judge(Bad, Ended(CanaryPhase.Failed), good, Answers("v4", 3), "v3"), StringComparison.Ordinal);
        Assert.Contains(
            "3 failed (2 times 503, 1 without an answer)",
            DemoReleases.Judge(Bad, Ended(CanaryPhase.Failed), good, Answers("v3", 2, 503).With(null, null), "v3"),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Counts_remember_when_the_first_request_to_a_version_was_sent()
    {
        var counts = LoadCounts.None.With(200, "v1", 7).With(500, "v4", 9).With(500, "v4", 8);

        Assert.Equal(8, counts.FirstSent["v4"]);
        Assert.Equal(100.0, counts.PercentOf("v4", LoadCounts.None.With(200, "v1", 7)));
        Assert.Null(counts.PercentOf("v4", counts));
    }

    [Fact]
    public void Sample_draws_what_was_observed() => Assert.Equal(
        "[#####....................] wanted  20 %  acknowledged   - %  answers from v3  19.6 %",
        new WeightSample("v3", 20, null, 19.6).ToString());

    [Fact]
    public void StartCanary_gives_the_service_endpoints_and_removes_the_split()
    {
        using var manifests = DemoManifests.Create(1001, 1002, 0, 100);

        manifests.StartCanary(1002, CanaryPace.Direct);
        manifests.SetTarget(1003);

        Assert.False(File.Exists(Path.Combine(manifests.Folder, "trafficsplit-shop.yaml")));
        var endpoints = File.ReadAllText(Path.Combine(manifests.Folder, "endpoints-shop.yaml"));
        Assert.Contains("port: 1003", endpoints, StringComparison.Ordinal);
        Assert.Contains("kubernetes.io/service-name: shop\n", endpoints, StringComparison.Ordinal);
        Assert.Contains("interval: 2s", File.ReadAllText(Path.Combine(manifests.Folder, "canary-shop.yaml")), StringComparison.Ordinal);
    }

    private static LoadCounts Answers(string version, int count, int status = 200) =>
        Enumerable.Range(0, count).Aggregate(LoadCounts.None, (counts, _) => counts.With(status, version));

    private static RunRecord Ended(CanaryPhase phase) => new(
        "r", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, phase, "Reason", "message", 10, 0, []);
}

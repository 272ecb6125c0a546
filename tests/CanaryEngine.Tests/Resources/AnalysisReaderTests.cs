using XdsCanary.CanaryEngine.Core;

namespace XdsCanary.CanaryEngine.Tests.Resources;

public sealed class AnalysisReaderTests
{
    [Theory]
    [InlineData("maxWeight: 50, stepWeight: 10", CanaryStrategy.Canary)]
    [InlineData("stepWeights: [10, 20]", CanaryStrategy.Canary)]
    [InlineData("iterations: 10", CanaryStrategy.BlueGreen)]
    [InlineData("iterations: 10, match: [{headers: {x: {exact: y}}}]", CanaryStrategy.AbTesting)]
    [InlineData("stepWeight: 10, match: [{headers: {x: {exact: y}}}]", CanaryStrategy.Canary)]
    public void API_01_strategy_is_told_by_iterations_and_match(string analysis, CanaryStrategy strategy) =>
        Assert.Equal(strategy, CanaryManifest.AcceptAnalysis(analysis).Strategy);

    [Theory]
    [InlineData("")]
    [InlineData("interval: 1m")]
    public void API_01_no_steps_and_no_analysis_at_all_are_a_canary_in_one_step_when_skipped(string analysis)
    {
        var read = CanaryManifest.Accept(CanaryManifest.Write(analysis, "skipAnalysis: true")).Analysis;

        Assert.Equal((CanaryStrategy.Canary, 100), (read.Strategy, read.MaxWeight));
        Assert.Equal([100], read.StepWeights);
    }

    [Fact]
    public void API_01_empty_analysis_is_a_canary_when_skipped() => Assert.Equal(
        CanaryStrategy.Canary,
        CanaryManifest.Accept(CanaryManifest.Write(string.Empty, "skipAnalysis: true\n  analysis: {}")).Analysis.Strategy);

    [Fact]
    public void Steps_that_are_written_stay_when_the_analysis_is_skipped()
    {
        var read = CanaryManifest.Accept(CanaryManifest.Write("stepWeight: 20, maxWeight: 60", "skipAnalysis: true")).Analysis;

        Assert.Equal((20, 60), (read.StepWeight, read.MaxWeight));
        Assert.Empty(read.StepWeights);
    }

    [Fact]
    public void H_22_analysis_without_steps_is_refused() => Assert.StartsWith(
        "spec.analysis: has none of iterations, stepWeight and stepWeights. ",
        Assert.Single(CanaryManifest.Refuse(CanaryManifest.Write("interval: 1m"))),
        StringComparison.Ordinal);

    [Theory]
    [InlineData("iterations: 5, stepWeight: 10", new[] { "stepWeight: cannot be given together with iterations" })]
    [InlineData("stepWeight: 10, stepWeights: [10]", new[] { "stepWeights: cannot be given together with stepWeight" })]
    [InlineData(
        "iterations: 5, stepWeight: 10, stepWeights: [10]",
        new[] { "stepWeight: cannot be given together with iterations", "stepWeights: cannot be given together with iterations" })]
    public void One_way_of_stepping_is_allowed_and_the_fault_names_the_other(string analysis, string[] faults) =>
        Assert.Equal(faults, CanaryManifest.RefuseAnalysis(analysis).Select(fault => fault[..fault.IndexOf('.', StringComparison.Ordinal)]));

    [Theory]
    [InlineData("stepWeight: 0")]
    [InlineData("stepWeight: -5")]
    [InlineData("stepWeight: 101")]
    [InlineData("stepWeight: 2.5")]
    [InlineData("stepWeight: '10'")]
    [InlineData("stepWeight: 10, maxWeight: 101")]
    [InlineData("stepWeight: 10, maxWeight: 0")]
    [InlineData("stepWeight: 10, threshold: 0")]
    [InlineData("stepWeight: 10, threshold: -1")]
    [InlineData("stepWeight: 10, stepWeightPromotion: 101")]
    [InlineData("stepWeight: 10, mirror: true, mirrorWeight: 0")]
    [InlineData("stepWeight: 10, primaryReadyThreshold: 101")]
    [InlineData("stepWeight: 10, canaryReadyThreshold: 0")]
    [InlineData("stepWeight: 10, gateDeadlineSeconds: 0")]
    [InlineData("iterations: 0")]
    [InlineData("iterations: 1.5")]
    public void H_22_H_30_numbers_that_make_no_sense_are_refused(string analysis)
    {
        var last = analysis[(analysis.LastIndexOf(", ", StringComparison.Ordinal) + 1)..].Trim();
        var field = last[..last.IndexOf(':', StringComparison.Ordinal)];

        Assert.StartsWith(
            $"{field}: must be a whole number from ", Assert.Single(CanaryManifest.RefuseAnalysis(analysis)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("stepWeights: [1, 2, 10, 200]", new[] { 1, 2, 10, 100 }, 100)]
    [InlineData("stepWeights: [10, 40]", new[] { 10, 40 }, 40)]
    [InlineData("stepWeights: [100]", new[] { 100 }, 100)]
    public void CTL_32_last_weight_is_the_maximum_and_at_most_100(string analysis, int[] weights, int max)
    {
        var read = CanaryManifest.AcceptAnalysis(analysis);

        Assert.Equal(weights, read.StepWeights);
        Assert.Equal((max, 0, 0), (read.MaxWeight, read.StepWeight, read.WrittenMaxWeight));
    }

    [Theory]
    [InlineData("stepWeights: []", "stepWeights: is empty")]
    [InlineData("stepWeights: 10", "stepWeights: must be a list")]
    [InlineData("stepWeights: [0, 10]", "stepWeights[0]: must be a whole number from 1 to ")]
    [InlineData("stepWeights: [5, 7.5]", "stepWeights[1]: must be a whole number from 1 to ")]
    [InlineData("stepWeights: [5, ~]", "stepWeights[1]: is empty")]
    [InlineData("stepWeights: [10, 10]", "stepWeights[1]: must be greater than the weight before it, 10, not '10'. Write the weights in rising order")]
    [InlineData("stepWeights: [10, 5, 20]", "stepWeights[1]: must be greater than the weight before it, 10, not '5'")]
    [InlineData("stepWeights: [100, 200]", "stepWeights[1]: must be greater than the weight before it, 100, not '200'. Remove it")]
    [InlineData("stepWeights: [10, 50], maxWeight: 50", "maxWeight: has no effect beside stepWeights. Remove it; the last of stepWeights is the maximum")]
    public void List_of_weights_that_does_not_rise_is_refused(string analysis, string fault) =>
        Assert.StartsWith(fault, Assert.Single(CanaryManifest.RefuseAnalysis(analysis)), StringComparison.Ordinal);

    [Theory]
    [InlineData("1s", 1_000)]
    [InlineData("30s", 30_000)]
    [InlineData("1m30s", 90_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("1500ms", 1_500)]
    [InlineData("1.5m", 90_000)]
    [InlineData("2h45m", 9_900_000)]
    public void Interval_is_a_duration_as_Go_writes_it_and_is_not_clamped(string text, int milliseconds) => Assert.Equal(
        TimeSpan.FromMilliseconds(milliseconds), CanaryManifest.AcceptAnalysis($"stepWeight: 10, interval: {text}").Interval);

    [Theory]
    [InlineData("''", "Write a number and a unit, such as 500ms, 30s, 1m30s or 1h")]
    [InlineData("1 m", "Write a number and a unit, such as 500ms, 30s, 1m30s or 1h")]
    [InlineData("-1m", "Write a number and a unit, such as 500ms, 30s, 1m30s or 1h")]
    [InlineData("1d", "Write a number and a unit, such as 500ms, 30s, 1m30s or 1h")]
    [InlineData("60", "Write 60s for seconds")]
    [InlineData("999ms", "Write a duration in that range")]
    [InlineData("100000h", "Write a duration in that range")]
    [InlineData("99999999999999999999h", "Write a duration in that range")]
    public void Interval_that_is_none_is_refused(string text, string fix)
    {
        var fault = Assert.Single(CanaryManifest.RefuseAnalysis($"stepWeight: 10, interval: {text}"));

        Assert.StartsWith("interval: must be ", fault, StringComparison.Ordinal);
        Assert.EndsWith(". " + fix, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Mirroring_is_read_and_its_weight_noted_when_it_is_off()
    {
        var read = CanaryManifest.AcceptAnalysis("stepWeight: 10, mirror: true, mirrorWeight: 30");
        var off = CanaryManifest.Map(CanaryManifest.Write("stepWeight: 10, mirrorWeight: 30"));

        Assert.True(read is { Mirror: true, MirrorWeight: 30 });
        Assert.Equal("spec.analysis.mirrorWeight", Assert.Single(off.Notes).Field);
    }

    [Fact]
    public void Maximal_weight_of_iterations_is_noted() => Assert.Equal(
        ["spec.analysis.maxWeight"],
        CanaryManifest.Map(CanaryManifest.Write("iterations: 3, maxWeight: 50")).Notes.Select(note => note.Field));

    [Fact]
    public void Limits_of_checks_without_verdict_follow_the_threshold()
    {
        Assert.Equal(new InconclusiveLimits(10, 10, 2), CanaryManifest.AcceptAnalysis("stepWeight: 10, threshold: 2").Inconclusive);
        Assert.Equal(new InconclusiveLimits(15, 15, 5), CanaryManifest.AcceptAnalysis("stepWeight: 10, threshold: 5").Inconclusive);
        Assert.Equal(
            new InconclusiveLimits(1, 2, 3),
            CanaryManifest.AcceptAnalysis("stepWeight: 10, inconclusive: {noTraffic: 1, providerOutage: 2, badQuery: 3}").Inconclusive);
    }

    [Fact]
    public void Abort_convergence_and_gate_deadline_are_read()
    {
        var read = CanaryManifest.AcceptAnalysis(
            "stepWeight: 10, metrics: [{name: request-duration, threshold: 500}], gateDeadlineSeconds: 3600, "
            + "abort: {disabled: true, checks: [request-duration], interval: 500ms, minSamples: 50}, "
            + "convergence: {percent: 90, timeout: 1m}");

        Assert.Equal(
            new AbortSpec { Disabled = true, Checks = ["request-duration"], Interval = TimeSpan.FromMilliseconds(500), MinSamples = 50 },
            read.Abort);
        Assert.Equal(new ConvergenceSpec { Percent = 90, Timeout = TimeSpan.FromMinutes(1) }, read.Convergence);
        Assert.Equal(TimeSpan.FromHours(1), read.GateDeadline);
    }

    [Theory]
    [InlineData("abort: {checks: [errors]}", "abort.checks[0]: 'errors' is not the name of a metric of this canary")]
    [InlineData("abort: {minSamples: 0}", "abort.minSamples: must be a whole number")]
    [InlineData("abort: {interval: 1ms}", "abort.interval: must be from 100ms")]
    [InlineData("abort: {enabled: true}", "abort.enabled: is not a known field")]
    [InlineData("convergence: {percent: 101}", "convergence.percent: must be a whole number from 0 to 100")]
    [InlineData("convergence: {timeout: 5}", "convergence.timeout: must be a duration")]
    [InlineData("inconclusive: {noTraffic: 0}", "inconclusive.noTraffic: must be a whole number")]
    [InlineData("inconclusive: {outage: 3}", "inconclusive.outage: is not a known field")]
    [InlineData("stepWieght: 5", "stepWieght: is not a known field. Write 'stepWeight'")]
    public void Part_of_the_analysis_that_is_wrong_is_refused(string part, string fault) => Assert.StartsWith(
        fault, Assert.Single(CanaryManifest.RefuseAnalysis($"stepWeight: 10, {part}")), StringComparison.Ordinal);
}

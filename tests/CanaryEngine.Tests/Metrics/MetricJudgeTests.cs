using XdsCanary.CanaryEngine.Core;

namespace XdsCanary.CanaryEngine.Tests.Metrics;

public sealed class MetricJudgeTests
{
    private static readonly DateTimeOffset At = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Success_rate_below_its_minimum_fails_with_Flaggers_text()
    {
        var result = Judge(TestCanary.SuccessRate(), new MetricAnswer(50));

        Assert.Equal(Verdict.Fail, result.Verdict);
        Assert.Equal("Halt web.shop advancement success rate 50.00% < 99%", result.Message);
        Assert.Equal(50, result.Value);
    }

    [Theory]
    [InlineData(1515.4, 500, "1.515s > 500ms")]
    [InlineData(5000, 500, "5s > 500ms")]
    [InlineData(90500, 1000, "1m30.5s > 1s")]
    [InlineData(3661000, 1000, "1h1m1s > 1s")]
    [InlineData(500.25, 500, "500.25ms > 500ms")]
    [InlineData(0.75, 0.5, "750µs > 500µs")]
    [InlineData(3, 0.5, "3ms > 500µs")]
    [InlineData(double.PositiveInfinity, 500, "+Inf > 500ms")]
    public void Duration_is_shown_as_Go_shows_it(double value, double max, string expected) => Assert.Equal(
        $"Halt web.shop advancement request duration {expected}",
        Judge(TestCanary.Duration(max), new MetricAnswer(value)).Message);

    [Fact]
    public void H_29_Fractions_of_a_millisecond_count_as_a_bound() =>
        Assert.Equal(Verdict.Pass, Judge(TestCanary.Duration(0.5), new MetricAnswer(0.4)).Verdict);

    [Theory]
    [InlineData(12.345, null, 10.0, "12.35 > 10")]
    [InlineData(12.34, 20.5, null, "12.34 < 20.5")]
    public void Other_metrics_are_shown_with_two_decimals(double value, double? min, double? max, string expected)
    {
        var check = TestCanary.Template() with { Range = new MetricRange(min, max) };

        Assert.Equal($"Halt web.shop advancement errors {expected}", Judge(check, new MetricAnswer(value)).Message);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(20)]
    public void Bounds_are_inclusive(double value)
    {
        var result = Judge(TestCanary.Template() with { Range = new MetricRange(10, 20) }, new MetricAnswer(value));

        Assert.Equal((Verdict.Pass, string.Empty), (result.Verdict, result.Message));
    }

    public static TheoryData<string, InconclusiveKind, string> Missing => new()
    {
        {
            "rate", InconclusiveKind.NoTraffic,
            "Halt advancement no values found for smi:v1alpha2 metric request-success-rate probably web-app.shop is not receiving "
                + "traffic: running query failed: no values found"
        },
        {
            "duration", InconclusiveKind.NoTraffic,
            "Halt advancement no values found for smi:v1alpha2 metric request-duration probably web-app.shop is not receiving traffic"
        },
        { "query", InconclusiveKind.NoTraffic, "Halt advancement no values found for metric: errors" },
        {
            "template", InconclusiveKind.NoTraffic,
            "Halt advancement no values found for custom metric: errors: running query failed: no values found"
        },
        { "rate", InconclusiveKind.Outage, "Prometheus query failed: running query failed: no values found" },
        { "query", InconclusiveKind.BadQuery, "Prometheus query failed for errors: running query failed: no values found" },
        { "template", InconclusiveKind.Outage, "Metric query failed for errors: running query failed: no values found" },
    };

    [Theory]
    [MemberData(nameof(Missing))]
    public void H_15_What_has_no_value_is_inconclusive_with_Flaggers_text(string source, InconclusiveKind kind, string expected)
    {
        var check = source switch
        {
            "rate" => TestCanary.SuccessRate(),
            "duration" => TestCanary.Duration(),
            "query" => TestCanary.Query("up"),
            _ => TestCanary.Template(),
        };

        var result = Judge(check, new MetricAnswer(null, kind, "running query failed: no values found"));

        Assert.Equal((Verdict.Inconclusive, expected), (result.Verdict, result.Message));
    }

    [Fact]
    public void Target_that_is_a_service_and_a_canary_without_provider_are_named_so()
    {
        var spec = TestCanary.Spec() with { Provider = string.Empty, Target = new CanaryTarget(TargetKind.Service, "web") };

        var result = MetricJudge.Judge(TestCanary.Duration(), new MetricAnswer(null, InconclusiveKind.NoTraffic), spec, At);

        Assert.StartsWith("Halt advancement no values found for envoy:service metric", result.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Proxies_are_not_called_Prometheus()
    {
        var answer = new MetricAnswer(null, InconclusiveKind.Outage, "none answers") { Provider = MetricProviderType.Envoy };

        Assert.Equal("Metric query failed: none answers", Judge(TestCanary.SuccessRate(), answer).Message);
    }

    [Fact]
    public void Template_problem_is_told_as_it_is()
    {
        const string Problem = "Metric template error-rate.shop error: not found";

        var result = Judge(TestCanary.Template(), new MetricAnswer(null, InconclusiveKind.BadQuery, Problem));

        Assert.Equal(Problem, result.Message);
    }

    [Theory]
    [InlineData(98, 100, Verdict.Pass)]
    [InlineData(97.9, 100, Verdict.Fail)]
    [InlineData(49, 50, Verdict.Pass)]
    public void Relative_bounds_are_percent_of_the_primary(double value, double baseline, Verdict expected) => Assert.Equal(
        expected, Judge(TestCanary.SuccessRate(98, relative: true), new MetricAnswer(value) { Baseline = baseline }).Verdict);

    [Fact]
    public void Relative_failure_names_the_primarys_value()
    {
        var result = Judge(TestCanary.Duration(120, relative: true), new MetricAnswer(600) { Baseline = 400 });

        Assert.Equal("Halt web.shop advancement request duration 600ms > 120% of the primary's 400ms", result.Message);
        Assert.Equal(400, result.Baseline);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0.0)]
    public void Relative_range_without_a_baseline_is_inconclusive(double? baseline)
    {
        var check = TestCanary.Duration(120, relative: true);
        var answer = new MetricAnswer(600) { Baseline = baseline };

        Assert.Equal(InconclusiveKind.NoTraffic, MetricJudge.MissingOf(check, answer));
        Assert.Equal(Verdict.Inconclusive, Judge(check, answer).Verdict);
        Assert.Contains("of the primary", Judge(check, answer).Message, StringComparison.Ordinal);
    }

    [Theory]
    // No luck explains half of twenty requests; one of ten may be bad luck.
    [InlineData(50, 20, true)]
    [InlineData(90, 10, false)]
    [InlineData(0, 10, true)]
    [InlineData(0, 9, false)]
    [InlineData(98.9, 100, false)]
    [InlineData(98.9, 1_000_000, true)]
    public void Success_rate_is_hopeless_when_luck_does_not_explain_it(double value, double samples, bool expected) => Assert.Equal(
        expected,
        MetricJudge.IsHopeless(TestCanary.SuccessRate(), new MetricAnswer(value) { Samples = samples }, minSamples: 10));

    [Theory]
    [InlineData(501, 10, true)]
    [InlineData(500, 10, false)]
    [InlineData(501, 9, false)]
    public void Duration_is_hopeless_when_its_median_is_above_the_limit(double median, double samples, bool expected) => Assert.Equal(
        expected, MetricJudge.IsHopeless(TestCanary.Duration(), new MetricAnswer(median) { Samples = samples }, minSamples: 10));

    [Fact]
    public void Unknown_or_missing_values_are_never_hopeless()
    {
        Assert.False(MetricJudge.IsHopeless(TestCanary.SuccessRate(), new MetricAnswer(0), 0));
        Assert.False(MetricJudge.IsHopeless(
            TestCanary.SuccessRate(), new MetricAnswer(null, InconclusiveKind.Outage) { Samples = 100 }, 10));
        Assert.False(MetricJudge.IsHopeless(TestCanary.Template(), new MetricAnswer(1000) { Samples = 100 }, 10));
    }

    [Fact]
    public void Relative_range_is_hopeless_against_the_primary()
    {
        var check = TestCanary.SuccessRate(98, relative: true);

        Assert.True(MetricJudge.IsHopeless(check, new MetricAnswer(50) { Samples = 100, Baseline = 100 }, 10));
        Assert.False(MetricJudge.IsHopeless(check, new MetricAnswer(50) { Samples = 100, Baseline = 52 }, 10));
        Assert.False(MetricJudge.IsHopeless(check, new MetricAnswer(50) { Samples = 100 }, 10));
    }

    private static CheckResult Judge(MetricCheck check, MetricAnswer answer) =>
        MetricJudge.Judge(check, answer, TestCanary.Spec(), At);
}

using XdsCanary.CanaryEngine.Core;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Tests.Resources;

public sealed class MetricReaderTests
{
    [Theory]
    [InlineData("name: request-success-rate, threshold: 99", MetricSource.SuccessRate, 99.0, null)]
    [InlineData("name: request-success-rate, thresholdRange: {min: 99.5}", MetricSource.SuccessRate, 99.5, null)]
    [InlineData("name: request-duration, threshold: 500", MetricSource.Duration, null, 500.0)]
    [InlineData("name: request-duration, thresholdRange: {max: 0.5}", MetricSource.Duration, null, 0.5)]
    [InlineData("name: request-duration, thresholdRange: {min: 1, max: 2}", MetricSource.Duration, 1.0, 2.0)]
    [InlineData("name: errors, query: sum(errors), threshold: 1", MetricSource.Query, null, 1.0)]
    [InlineData("name: errors, query: sum(errors), thresholdRange: {min: -5, max: 5}", MetricSource.Query, -5.0, 5.0)]
    [InlineData("name: errors, templateRef: {name: errors}, threshold: 1e3", MetricSource.Template, null, 1000.0)]
    [InlineData("name: request-success-rate, min: 99", MetricSource.SuccessRate, 99.0, null)]
    [InlineData("name: errors, query: sum(errors), min: 1, max: 2", MetricSource.Query, 1.0, 2.0)]
    public void Threshold_is_the_side_that_the_source_tells_and_ranges_are_as_written(
        string metric, MetricSource source, double? min, double? max)
    {
        var check = Accept(metric);

        Assert.Equal(source, check.Source);
        Assert.Equal(new MetricRange(min, max), check.Range);
    }

    [Fact]
    public void Older_version_spells_bounds_beside_the_name()
    {
        var spec = CanaryManifest.Accept(CanaryManifest.Write(
            "stepWeight: 10, metrics: [{name: request-success-rate, threshold: 99, interval: 1m}, {name: request-duration, max: 500}]",
            version: "v1alpha3",
            analysisName: "canaryAnalysis"));

        Assert.Equal(
            [new MetricRange(99, null), new MetricRange(null, 500)], spec.Analysis.Metrics.Select(metric => metric.Range));
    }

    [Fact]
    public void Range_may_be_relative_to_the_primary() => Assert.Equal(
        new MetricRange(null, 120, RelativeToPrimary: true),
        Accept("name: request-duration, thresholdRange: {max: 120, relativeTo: primary}").Range);

    [Fact]
    public void Relative_success_rate_may_be_more_than_100_percent_of_the_primary_s() => Assert.Equal(
        new MetricRange(null, 105, RelativeToPrimary: true),
        Accept("name: request-success-rate, thresholdRange: {max: 105, relativeTo: primary}").Range);

    [Theory]
    [InlineData("", 60, "1m")]
    [InlineData(", interval: 30s", 30, "30s")]
    [InlineData(", interval: 1m30s", 90, "1m30s")]
    [InlineData(", interval: 1.5m", 90, "90000ms")]
    public void H_28_window_is_a_minute_unless_written_and_queries_can_use_its_text(string interval, int seconds, string text)
    {
        var check = Accept($"name: errors, templateRef: {{name: errors}}, threshold: 1{interval}");

        Assert.Equal((TimeSpan.FromSeconds(seconds), text), (check.Interval, check.IntervalText));
    }

    [Fact]
    public void CTL_35_CTL_36_Template_is_in_the_canary_s_namespace_unless_written_and_has_sorted_variables()
    {
        var own = Accept("name: errors, templateRef: {name: errors}, threshold: 1, templateVariables: {b: '2', a: x}");
        var other = Accept("name: errors, templateRef: {name: errors, namespace: shared}, threshold: 1");

        Assert.Equal(new NamespacedName("test", "errors"), own.Template);
        Assert.Equal([new TemplateVariable("a", "x"), new TemplateVariable("b", "2")], own.Variables);
        Assert.Equal(new NamespacedName("shared", "errors"), other.Template);
    }

    [Fact]
    public void Query_is_kept_as_written() =>
        Assert.Equal("sum(rate(x[{{ interval }}]))", Accept("name: x, query: 'sum(rate(x[{{ interval }}]))', threshold: 1").Query);

    [Fact]
    public void Built_in_metric_with_a_template_is_two_checks_the_built_in_one_first()
    {
        var checks = CanaryManifest.AcceptAnalysis(
            "stepWeight: 10, metrics: [{name: request-success-rate, threshold: 99, templateRef: {name: rate}}]").Metrics;

        Assert.Equal([MetricSource.SuccessRate, MetricSource.Template], checks.Select(check => check.Source));
        Assert.Equal(["request-success-rate", "request-success-rate:rate"], checks.Select(check => check.Name));
        Assert.Equal([new MetricRange(99, null), new MetricRange(null, 99)], checks.Select(check => check.Range));
        Assert.Null(checks[0].Template);
    }

    [Theory]
    [InlineData("threshold: 99", "name: is missing. Write a name for the metric")]
    [InlineData("name: errors, threshold: 1", "name: 'errors' is not a built-in metric, and there is neither templateRef nor query. Write a templateRef")]
    [InlineData("name: request-duratoin, threshold: 1", "name: 'request-duratoin' is not a built-in metric, and there is neither templateRef nor query. Write 'request-duration'")]
    [InlineData("name: request-duration, query: x, threshold: 1", "query: cannot be given for the built-in request-duration. ")]
    [InlineData("name: errors, query: x, templateRef: {name: y}, threshold: 1", "templateRef: cannot be given together with query. ")]
    [InlineData("name: errors, query: '', threshold: 1", "query: is empty. ")]
    [InlineData("name: errors, templateRef: {}, threshold: 1", "templateRef.name: is missing. ")]
    [InlineData("name: errors, templateRef: {name: Errors}, threshold: 1", "templateRef.name: must be a DNS name, not 'Errors'. ")]
    [InlineData("name: errors, templateRef: {name: errors, namespace: a.b}, threshold: 1", "templateRef.namespace: must be a namespace, not 'a.b'. ")]
    [InlineData("name: request-duration", "thresholdRange: is missing, so that nothing would be judged. ")]
    [InlineData("name: request-duration, thresholdRange: {}", "thresholdRange: has neither min nor max. ")]
    [InlineData("name: request-duration, thresholdRange: {relativeTo: primary}", "thresholdRange: has neither min nor max. ")]
    [InlineData("name: request-duration, thresholdRange: 5", "thresholdRange: must be an object. ")]
    [InlineData("name: request-duration, threshold: 1, thresholdRange: {max: 1}", "threshold: cannot be given together with thresholdRange. ")]
    [InlineData("name: request-duration, threshold: 1, max: 1", "threshold: cannot be given together with min or max. ")]
    [InlineData("name: request-duration, min: 1, thresholdRange: {max: 2}", "min: cannot be given together with thresholdRange. ")]
    [InlineData("name: request-duration, thresholdRange: {min: 3, max: 2}", "thresholdRange.min: is greater than max, so that nothing would pass. ")]
    [InlineData("name: request-duration, thresholdRange: {max: -1}", "thresholdRange.max: must not be negative, not '-1'. ")]
    [InlineData("name: request-success-rate, threshold: 100.5", "threshold: must be from 0 to 100 percent, not '100.5'. ")]
    [InlineData("name: request-duration, threshold: '500'", "threshold: must be a number, not '500'. ")]
    [InlineData("name: request-duration, threshold: .inf", "threshold: must be a number, not '.inf'. ")]
    [InlineData("name: request-duration, thresholdRange: {max: 1, relativeTo: baseline}", "thresholdRange.relativeTo: must be primary, not 'baseline'. ")]
    [InlineData("name: request-duration, threshold: 1, interval: 0s", "interval: must be from 1s to 720h, not '0s'. ")]
    [InlineData("name: errors, query: x, threshold: 1, templateVariables: {a: 1}", "templateVariables[a]: must be a text, but '1' is read as a number or a boolean. ")]
    [InlineData("name: errors, query: x, treshold: 1, threshold: 1", "treshold: is not a known field. Write 'threshold'")]
    public void CTL_37_CTL_40_H_29_metric_that_cannot_be_judged_is_refused(string metric, string fault) => Assert.StartsWith(
        $"metrics[0].{fault}",
        Assert.Single(CanaryManifest.RefuseAnalysis($"stepWeight: 10, metrics: [{{ {metric} }}]")),
        StringComparison.Ordinal);

    [Fact]
    public void Names_of_metrics_are_unique() => Assert.StartsWith(
        "metrics[1].name: 'a' is the name of an earlier metric, too. ",
        Assert.Single(CanaryManifest.RefuseAnalysis(
            "stepWeight: 10, metrics: [{name: a, query: x, threshold: 1}, {name: a, query: y, threshold: 1}]")),
        StringComparison.Ordinal);

    [Fact]
    public void Variables_of_a_built_in_metric_are_noted() => Assert.Equal(
        ["spec.analysis.metrics[0].templateVariables"],
        CanaryManifest.Map(CanaryManifest.Write(
            "stepWeight: 10, metrics: [{name: request-duration, threshold: 1, templateVariables: {a: b}}]")).Notes.Select(note => note.Field));

    private static MetricCheck Accept(string metric) =>
        Assert.Single(CanaryManifest.AcceptAnalysis($"stepWeight: 10, metrics: [{{ {metric} }}]").Metrics.Items);
}

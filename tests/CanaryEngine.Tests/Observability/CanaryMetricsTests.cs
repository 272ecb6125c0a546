using System.Text;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Observability;
using XdsCanary.CanaryEngine.Tests.Metrics;
using XdsCanary.TestKit;

namespace XdsCanary.CanaryEngine.Tests.Observability;

public sealed class CanaryMetricsTests
{
    private readonly Prometheus.CollectorRegistry _registry = Prometheus.Metrics.NewCustomRegistry();

    [Fact]
    public async Task MET_32_the_duration_has_the_buckets_that_dashboards_know()
    {
        var metrics = new CanaryMetrics(_registry, "1");
        var before = new CanaryStatus { Phase = CanaryPhase.Progressing };
        Decide(metrics, before, before with { NextCheck = DateTimeOffset.UnixEpoch }, new RunEndedNotice(false, CanaryStrategy.BlueGreen, false));

        var text = await TextAsync();

        string[] bounds = ["0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "+Inf"];
        Assert.Equal(
            bounds.Select(bound => $"flagger_canary_duration_seconds_bucket{{name=\"web-app\",namespace=\"shop\",le=\"{bound}\"}}"),
            text.Split('\n').Where(line => line.StartsWith("flagger_canary_duration_seconds_bucket", StringComparison.Ordinal))
                .Select(line => line.Split(' ')[0]));
        Assert.Contains("# TYPE flagger_canary_duration_seconds histogram", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(CanaryPhase.Succeeded, 1, true, false, "flagger_canary_successes_total", "completed")]
    [InlineData(CanaryPhase.Failed, 2, false, false, "flagger_canary_failures_total", "completed")]
    [InlineData(CanaryPhase.Succeeded, 1, true, true, "flagger_canary_successes_total", "skipped")]
    public async Task CTL_41_CTL_42_CTL_43_the_end_of_a_run_shows(
        CanaryPhase phase, int gauge, bool succeeded, bool skipped, string counter, string how)
    {
        var metrics = new CanaryMetrics(_registry, "1");
        Decide(
            metrics, CanaryStatus.Empty, new CanaryStatus { Phase = phase }, new RunEndedNotice(succeeded, CanaryStrategy.Canary, skipped));

        var lines = (await TextAsync()).Split('\n');

        Assert.Contains($"flagger_canary_status{{name=\"web-app\",namespace=\"shop\"}} {gauge}", lines);
        Assert.Contains("flagger_canary_weight{workload=\"web-app\",namespace=\"shop\"} 0", lines);
        Assert.Contains("flagger_canary_weight{workload=\"web-app-primary\",namespace=\"shop\"} 100", lines);
        Assert.Contains(
            $"{counter}{{name=\"web-app\",namespace=\"shop\",deployment_strategy=\"canary\",analysis_status=\"{how}\"}} 1", lines);
    }

    [Fact]
    public async Task A_replica_that_leads_no_longer_shows_no_state_of_canaries()
    {
        var metrics = new CanaryMetrics(_registry, "1");
        Decide(metrics, CanaryStatus.Empty, new CanaryStatus
        {
            Phase = CanaryPhase.Failed,
            Checks = [Check(MetricCheck.SuccessRateName, 99.5)],
        }, new RunEndedNotice(false, CanaryStrategy.Canary, false));

        metrics.Forget();

        var lines = (await TextAsync()).Split('\n').Where(line => line.StartsWith("flagger_canary_", StringComparison.Ordinal)).ToList();
        Assert.DoesNotContain(lines, line => line.StartsWith("flagger_canary_status{", StringComparison.Ordinal)
            || line.StartsWith("flagger_canary_weight{", StringComparison.Ordinal)
            || line.StartsWith("flagger_canary_metric_analysis{", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("flagger_canary_failures_total{", StringComparison.Ordinal));
    }

    [Fact]
    public async Task CTL_44_checks_are_shown_under_their_names_and_durations_in_seconds()
    {
        Decide(new CanaryMetrics(_registry, "1"), CanaryStatus.Empty, new CanaryStatus
        {
            Checks = [Check(MetricCheck.SuccessRateName, 99.5), Check(MetricCheck.DurationName, 50)],
        });

        var lines = (await TextAsync()).Split('\n');

        const string Series = "flagger_canary_metric_analysis{name=\"web-app\",namespace=\"shop\",metric=";
        Assert.Contains($"{Series}\"request-success-rate\"}} 99.5", lines);
        Assert.Contains($"{Series}\"request-duration\"}} 0.05", lines);
    }

    [Fact]
    public async Task Names_types_labels_and_buckets_are_those_that_Flagger_was_recorded_with()
    {
        var record = RepositoryPaths.FlaggerRecord("flagger-metrics.txt");
        Assert.SkipUnless(File.Exists(record), "The recorded metrics of Flagger are not here.");
        var metrics = new CanaryMetrics(_registry, "1");
        metrics.Counted([KeyValuePair.Create("shop", 1)]);
        var running = new CanaryStatus { Phase = CanaryPhase.Progressing, Checks = [Check(MetricCheck.SuccessRateName, 99)] };
        Decide(metrics, running, running with { NextCheck = DateTimeOffset.UnixEpoch },
            new RunEndedNotice(true, CanaryStrategy.Canary, false), new RunEndedNotice(false, CanaryStrategy.Canary, false));

        Assert.Equal(
            Shape(await File.ReadAllTextAsync(record, TestContext.Current.CancellationToken)), Shape(await TextAsync()));
    }

    private static CheckResult Check(string name, double value) =>
        new(name, DateTimeOffset.UnixEpoch, Verdict.Pass, value, null, string.Empty, string.Empty, string.Empty);

    // Types, series with the names of their labels, and buckets; neither values nor what they are of.
    private static string Shape(string exposition) => string.Join('\n', exposition.Split('\n')
        .Select(line => line.TrimEnd('\r'))
        .Where(line => line.StartsWith("flagger_", StringComparison.Ordinal) || line.StartsWith("# TYPE flagger_", StringComparison.Ordinal))
        .Select(line => line[0] == '#' ? line : Series(line))
        .Distinct().Order(StringComparer.Ordinal));

    private static string Series(string line)
    {
        var open = line.IndexOf('{', StringComparison.Ordinal);
        var labels = line[(open + 1)..line.LastIndexOf('}')].Split("\",", StringSplitOptions.RemoveEmptyEntries)
            .Select(label => label.StartsWith("le=", StringComparison.Ordinal) ? label.Trim('"') : label[..label.IndexOf('=', StringComparison.Ordinal)]);
        return $"{line[..open]} {string.Join(' ', labels.Order(StringComparer.Ordinal))}";
    }

    private static void Decide(CanaryMetrics metrics, CanaryStatus before, CanaryStatus after, params Notice[] notices) =>
        metrics.Decided(TestCanary.Spec(), before, after, new Decision(after, [], [.. notices], null), TimeSpan.FromSeconds(0.2));

    private async Task<string> TextAsync()
    {
        using var stream = new MemoryStream();
        await _registry.CollectAndExportAsTextAsync(stream, TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}

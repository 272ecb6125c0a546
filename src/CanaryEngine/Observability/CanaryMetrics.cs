using Prometheus;
using XdsCanary.CanaryEngine.Core;

namespace XdsCanary.CanaryEngine.Observability;

/// <summary>The engine's metrics, with Flagger's names, labels and types (`spec/flagger.md` 8.1). Thread-safe.</summary>
internal sealed class CanaryMetrics
{
    private readonly Gauge _total;
    private readonly Gauge _status;
    private readonly Gauge _weight;
    private readonly Gauge _analysis;
    private readonly Histogram _duration;
    private readonly Counter _successes;
    private readonly Counter _failures;
    private readonly Histogram _lateness;
    private readonly Gauge _leader;

    /// <summary>Registers the metrics.</summary>
    /// <param name="registry">Where.</param>
    /// <param name="version">The version of the program.</param>
    public CanaryMetrics(CollectorRegistry registry, string version)
    {
        var factory = Prometheus.Metrics.WithCustomRegistry(registry);
        string[] ended = ["name", "namespace", "deployment_strategy", "analysis_status"];
        factory.CreateGauge("flagger_info", "Version and mesh provider.", "version", "mesh_provider")
            .WithLabels(version, "envoy").Set(1);
        _total = factory.CreateGauge("flagger_canary_total", "Canaries known.", "namespace");
        _status = factory.CreateGauge(
            "flagger_canary_status", "Last result of a canary's analysis: 0 progressing, 1 well, 2 failed.", "name", "namespace");
        _weight = factory.CreateGauge("flagger_canary_weight", "Percent of the traffic.", "workload", "namespace");
        _analysis = factory.CreateGauge(
            "flagger_canary_metric_analysis", "Last value of each metric.", "name", "namespace", "metric");
        _duration = factory.CreateHistogram(
            "flagger_canary_duration_seconds",
            "Time spent on checks.",
            ["name", "namespace"],
            new HistogramConfiguration { Buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });
        _successes = factory.CreateCounter("flagger_canary_successes_total", "Runs that were promoted.", ended);
        _failures = factory.CreateCounter("flagger_canary_failures_total", "Runs that were not promoted.", ended);
        _leader = factory.CreateGauge("xdscanary_leader", "1 while this replica looks after the canaries, else 0.");
        _lateness = factory.CreateHistogram(
            "xdscanary_engine_lateness_seconds",
            "How long after it was due a canary was looked at.",
            new HistogramConfiguration { Buckets = [0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] });
    }

    /// <summary>This replica begins or ceases to look after the canaries.</summary>
    /// <param name="isLeading">Whether it does.</param>
    public void Leads(bool isLeading) => _leader.Set(isLeading ? 1 : 0);

    /// <summary>
    /// Forgets how canaries were when they were last looked at here: the replica that leads now says so. Counters stay. For when no
    /// round is under way any more.
    /// </summary>
    public void Forget()
    {
        foreach (var gauge in (Gauge[])[_status, _weight, _analysis])
        {
            foreach (var labels in gauge.GetAllLabelValues().ToList())
            {
                gauge.RemoveLabelled(labels);
            }
        }
    }

    /// <summary>A canary was looked at.</summary>
    /// <param name="late">How long after it was due.</param>
    public void Taken(TimeSpan late) => _lateness.Observe(Math.Max(0, late.TotalSeconds));

    /// <summary>The number of canaries in each namespace changed.</summary>
    /// <param name="counts">The numbers; 0 for a namespace that has none any more.</param>
    public void Counted(IEnumerable<KeyValuePair<string, int>> counts)
    {
        foreach (var (name, count) in counts)
        {
            _total.WithLabels(name).Set(count);
        }
    }

    /// <summary>A decision was made and carried out.</summary>
    /// <param name="spec">The canary.</param>
    /// <param name="before">The status before.</param>
    /// <param name="status">The status after.</param>
    /// <param name="decision">The decision.</param>
    /// <param name="took">How long it took.</param>
    public void Decided(CanarySpec spec, CanaryStatus before, CanaryStatus status, Decision decision, TimeSpan took)
    {
        string[] name = [spec.Target.Name, spec.Key.Namespace];
        _status.WithLabels(name).Set(status.Phase switch
        {
            CanaryPhase.Progressing => 0,
            CanaryPhase.Failed => 2,
            _ => 1,
        });
        var weight = status.Run?.Weight ?? status.CanaryWeight;
        _weight.WithLabels(spec.Target.Name, spec.Key.Namespace).Set(weight);
        _weight.WithLabels($"{spec.Target.Name}-primary", spec.Key.Namespace).Set(100 - weight);
        foreach (var check in status.Checks)
        {
            if (check.Value is { } value)
            {
                // A duration is shown in seconds here, as Flagger does.
                var shown = check.Metric == MetricCheck.DurationName ? value / 1000 : value;
                _analysis.WithLabels(spec.Target.Name, spec.Key.Namespace, check.Metric).Set(shown);
            }
        }

        if (before.Phase.IsAnalysing() && before.NextCheck != status.NextCheck)
        {
            _duration.WithLabels(name).Observe(took.TotalSeconds);
        }

        foreach (var ended in decision.Notices.OfType<RunEndedNotice>())
        {
            var strategy = ended.Strategy switch
            {
                CanaryStrategy.AbTesting => "ab-testing",
                CanaryStrategy.BlueGreen => "blue-green",
                _ => "canary",
            };
            (ended.Succeeded ? _successes : _failures)
                .WithLabels(spec.Target.Name, spec.Key.Namespace, strategy, ended.Skipped ? "skipped" : "completed").Inc();
        }
    }

    /// <summary>A canary is gone; so are its series.</summary>
    /// <param name="spec">The canary.</param>
    public void Forget(CanarySpec spec)
    {
        var (name, space) = (spec.Target.Name, spec.Key.Namespace);
        _status.RemoveLabelled(name, space);
        _duration.RemoveLabelled(name, space);
        _weight.RemoveLabelled(name, space);
        _weight.RemoveLabelled($"{name}-primary", space);
        foreach (var labels in _analysis.GetAllLabelValues().Where(labels => labels[0] == name && labels[1] == space).ToList())
        {
            _analysis.RemoveLabelled(labels);
        }
    }
}

using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Metrics.EnvoyStats;
using XdsCanary.CanaryEngine.Metrics.PromQl;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Metrics;

/// <summary>Answers metric checks: asks Prometheus or the proxies, whichever the settings, the canary or the template name.</summary>
/// <param name="options">The settings.</param>
/// <param name="router">Finds out whom to ask.</param>
/// <param name="prometheus">Asks Prometheus.</param>
/// <param name="envoy">Asks the proxies.</param>
internal sealed class MetricsProvider(
    MetricsOptions options, MetricRouter router, PrometheusClient prometheus, EnvoyStatsProvider envoy) : IMetricsProvider
{
    private const double LatencyQuantile = 0.99;
    private const double Median = 0.5;

    private readonly BuiltInQueries _queries = new(options.NamespaceLabel);

    /// <inheritdoc/>
    public void Watch(CanarySpec spec)
    {
        foreach (var check in spec.Analysis.Metrics.Where(check => router.Find(spec, check) is { Problem: "", Server: null }))
        {
            Watch(spec, check);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<MetricAnswer> QueryAsync(CanarySpec spec, AskMetric question, CancellationToken cancellationToken)
    {
        var route = router.Find(spec, question.Check);
        if (route.Problem.Length > 0)
        {
            return Refuse(route, route.Problem);
        }

        if (route.Provider == MetricProviderType.Envoy)
        {
            Watch(spec, question.Check);
        }

        // All at once: the values must be of the same time.
        var value = AskAsync(spec, question, route, spec.Canary, cancellationToken);
        var samples = AskSamplesAsync(spec, question, route, cancellationToken);
        var baseline = question.Check.Range.RelativeToPrimary
            ? AskAsync(spec, question, route, spec.Primary, cancellationToken)
            : null;
        var answer = await value;
        var count = await samples;
        return WithBaseline(answer with { Samples = answer.Samples ?? count?.Value }, baseline is null ? null : await baseline);
    }

    /// <inheritdoc/>
    public async ValueTask<ProvidersAnswer> ProbeAsync(CanarySpec spec, CancellationToken cancellationToken)
    {
        var asked = new HashSet<string>(StringComparer.Ordinal);
        foreach (var check in spec.Analysis.Metrics.Where(check => check.Source != MetricSource.Query))
        {
            var route = router.Find(spec, check);
            var place = check.Template is { } name ? $" in metric template {name.Name}.{name.Namespace}" : string.Empty;
            if (!asked.Add($"{route.Server}{place}"))
            {
                continue;
            }

            if (route.Problem.Length > 0)
            {
                return new ProvidersAnswer(route.Problem);
            }

            var (who, error) = route.Server is { } server
                ? ("prometheus", await prometheus.ProbeAsync(server, cancellationToken))
                : ("envoy", await envoy.ProbeAsync(spec.Canary, cancellationToken));
            if (error.Length > 0)
            {
                // Spelled as Flagger spells it: people search their logs for it.
                return new ProvidersAnswer($"{who}{place} not avaiable: {error}");
            }
        }

        return new ProvidersAnswer();
    }

    // Until the analysis would ask again, and a bit.
    private void Watch(CanarySpec spec, MetricCheck check)
    {
        var keep = check.Interval + (2 * spec.Analysis.Interval) + TimeSpan.FromMinutes(1);
        envoy.Watch(spec.Canary, check.Interval, keep);
        if (check.Range.RelativeToPrimary)
        {
            envoy.Watch(spec.Primary, check.Interval, keep);
        }
    }

    private async Task<MetricAnswer> AskAsync(
        CanarySpec spec, AskMetric question, MetricRoute route, NamespacedName subject, CancellationToken cancellationToken)
    {
        var quantile = question.ForAbort ? Median : LatencyQuantile;
        if (question.Check.IsBuiltIn)
        {
            var window = QueryNames.Window(question);
            var isRate = question.Check.Source == MetricSource.SuccessRate;
            return route.Server is { } server
                ? await prometheus.QueryAsync(
                    server,
                    isRate ? _queries.SuccessRate(subject, window) : _queries.Duration(subject, window, quantile),
                    cancellationToken)
                : await envoy.QueryAsync(
                    new EnvoyQuery(isRate ? EnvoyQueryKind.SuccessRate : EnvoyQueryKind.Duration, subject, quantile),
                    question.Window,
                    cancellationToken);
        }

        var rendered = QueryTemplate.Render(
            route.Query, QueryNames.Of(spec, question, subject.Name), QueryNames.VariablesOf(question.Check));
        if (FindFault(question.Check, rendered) is { Length: > 0 } fault)
        {
            var prefix = route.Prefix.Length > 0 ? route.Prefix : "query render error: ";
            return Refuse(route, prefix + fault) with { Query = ShortText.Cut(rendered.Text) };
        }

        return route.Server is { } asked
            ? await prometheus.QueryAsync(asked, rendered.Text, cancellationToken)
            : await AskEnvoyAsync(spec, question, rendered.Text, cancellationToken);
    }

    private async Task<MetricAnswer> AskEnvoyAsync(
        CanarySpec spec, AskMetric question, string text, CancellationToken cancellationToken)
    {
        if (EnvoyQuery.Parse(text, spec.Key.Namespace) is { } query)
        {
            return await envoy.QueryAsync(query, question.Window, cancellationToken);
        }

        var shown = ShortText.Cut(text, 200);
        return new MetricAnswer(
            null,
            InconclusiveKind.BadQuery,
            $"'{shown}' is none of success-rate(SERVICE), request-duration(SERVICE, QUANTILE) and request-rate(SERVICE)",
            ShortText.Cut(text))
        {
            Provider = MetricProviderType.Envoy,
        };
    }

    private async Task<MetricAnswer?> AskSamplesAsync(
        CanarySpec spec, AskMetric question, MetricRoute route, CancellationToken cancellationToken) =>
        question is { ForAbort: true, Check.IsBuiltIn: true } && route.Server is { } server
            ? await prometheus.QueryAsync(server, _queries.Samples(spec.Canary, QueryNames.Window(question)), cancellationToken)
            : null;

    private static string FindFault(MetricCheck check, RenderedQuery rendered) =>
        rendered.Error.Length > 0 ? rendered.Error
        : rendered.Text.Length == 0 ? "the query is empty"
        : check.Range.RelativeToPrimary && !rendered.UsesSubject
            ? "the range is relative to the primary, but the query would ask the same for both: write {{ subject }} for the service"
            : string.Empty;

    private static MetricAnswer WithBaseline(MetricAnswer answer, MetricAnswer? baseline) => baseline switch
    {
        null => answer,
        { Value: { } value } => answer with { Baseline = value, Raw = ShortText.Cut($"{answer.Raw}\nprimary: {baseline.Raw}") },
        // What the canary lacks is the more important thing to tell.
        _ when answer.Value is null => answer,
        _ => answer with
        {
            Value = null,
            Missing = baseline.Missing,
            Error = $"{baseline.Error} (of the primary, for comparison)",
            Query = baseline.Query,
            Raw = baseline.Raw,
        },
    };

    private static MetricAnswer Refuse(MetricRoute route, string error) =>
        new(null, InconclusiveKind.BadQuery, error) { Provider = route.Provider };
}

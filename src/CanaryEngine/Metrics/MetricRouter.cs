using System.Collections.Immutable;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Metrics.PromQl;
using XdsCanary.CanaryEngine.Ports;

namespace XdsCanary.CanaryEngine.Metrics;

/// <summary>Finds out who answers a metric: the server's settings, the canary's own server, or a template with its Secret.</summary>
/// <param name="options">The settings.</param>
/// <param name="templates">Knows the templates.</param>
/// <param name="secrets">Knows the Secrets.</param>
internal sealed class MetricRouter(MetricsOptions options, IMetricTemplates templates, ISecrets secrets)
{
    private const string NoServer =
        "a query needs Prometheus, and none is configured: set --metrics-server, or spec.metricsServer of the canary";

    /// <summary>Finds it.</summary>
    /// <param name="spec">The canary.</param>
    /// <param name="check">The metric.</param>
    public MetricRoute Find(CanarySpec spec, MetricCheck check) => check.Source switch
    {
        MetricSource.Template when check.Template is { } name => templates.Find(name) is { } template
            ? FindTemplate(template)
            : MetricRoute.None($"Metric template {name.Name}.{name.Namespace} error: metrictemplates.flagger.app \"{name.Name}\" not found"),
        MetricSource.Query or MetricSource.Template =>
            (spec.MetricsServer ?? options.EffectiveServer) is { } server
                ? new MetricRoute(new PrometheusEndpoint(server), check.Query)
                : MetricRoute.None(NoServer),
        _ => new MetricRoute(BuiltInServer(spec) is { } server ? new PrometheusEndpoint(server) : null),
    };

    private Uri? BuiltInServer(CanarySpec spec) =>
        spec.MetricsServer ?? (options.Provider == MetricProviderType.Prometheus ? options.EffectiveServer : null);

    private MetricRoute FindTemplate(MetricTemplateSpec template)
    {
        var name = $"Metric template {template.Key.Name}.{template.Key.Namespace}";
        var prefix = $"{name} query render error: ";
        if (template.Provider == MetricProviderType.Envoy)
        {
            return new MetricRoute(null, template.Query) { Prefix = prefix };
        }

        if ((template.Address ?? options.EffectiveServer) is not { } address)
        {
            return MetricRoute.None($"{name} provider prometheus error: it has no address, and the server has no --metrics-server");
        }

        var endpoint = new PrometheusEndpoint(address) { Headers = template.Headers, SkipVerify = template.SkipVerify };
        if (template.Secret is not { } secret)
        {
            return new MetricRoute(endpoint, template.Query) { Prefix = prefix };
        }

        if (secrets.Find(secret) is not { } values)
        {
            return MetricRoute.None($"{name} secret {secret.Name} error: secrets \"{secret.Name}\" not found");
        }

        return WithCredentials(endpoint, values) is { } known
            ? new MetricRoute(known, template.Query) { Prefix = prefix }
            : MetricRoute.None($"{name} provider prometheus error: the Secret {secret.Name} has neither a token nor username and password");
    }

    private static PrometheusEndpoint? WithCredentials(PrometheusEndpoint endpoint, ImmutableDictionary<string, string> values)
    {
        // Files that Secrets are made of often end in a line feed, which no header may have.
        var (token, user, password) = (Value("token"), Value("username"), Value("password"));
        return token.Length > 0 ? endpoint with { Token = token }
            : user.Length > 0 && password.Length > 0 ? endpoint with { User = user, Password = password }
            : null;

        string Value(string key) => values.GetValueOrDefault(key, string.Empty).TrimEnd('\r', '\n');
    }
}

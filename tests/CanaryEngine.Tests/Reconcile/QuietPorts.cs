using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Tests.Reconcile;

/// <summary>The outside world when all is well: metrics are good, hooks pass, and no proxy lags behind.</summary>
internal sealed class QuietPorts : IMetricsProvider, IWebhookClient, IConvergenceProbe, IAlertSink, IPublishedObjects
{
    private readonly Lock _gate = new();
    private readonly List<string> _told = [];

    public double Value { get; set; } = 100;

    /// <summary>Hooks that answer when the test says so; the others pass at once.</summary>
    public Dictionary<string, TaskCompletionSource<HookAnswer>> Slow { get; } = new(StringComparer.Ordinal);

    public long Revision { get; set; } = long.MaxValue;

    /// <summary>Hooks that were called and alerts, in order.</summary>
    public IReadOnlyList<string> Told
    {
        get
        {
            lock (_gate)
            {
                return [.. _told];
            }
        }
    }

    public ValueTask<MetricAnswer> QueryAsync(CanarySpec spec, AskMetric question, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new MetricAnswer(Value) { Samples = 1000 });

    public ValueTask<ProvidersAnswer> ProbeAsync(CanarySpec spec, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new ProvidersAnswer());

    public ValueTask<HookAnswer> CallAsync(WebhookSpec hook, WebhookPayload payload, CancellationToken cancellationToken)
    {
        Tell($"hook {hook.Name}");
        return Slow.TryGetValue(hook.Name, out var slow)
            ? new ValueTask<HookAnswer>(slow.Task.WaitAsync(cancellationToken))
            : ValueTask.FromResult(HookAnswer.Pass);
    }

    public ServiceConvergence Describe(NamespacedName service) => new([], null, 0, 0, []);

    public void Send(CanarySpec spec, AlertNotice alert) => Tell($"alert {alert.Text}");

    private void Tell(string text)
    {
        lock (_gate)
        {
            _told.Add(text);
        }
    }
}

using Microsoft.Extensions.Logging;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Delivery;
using XdsCanary.CanaryEngine.Observability;
using XdsCanary.CanaryEngine.Ports;

namespace XdsCanary.CanaryEngine.Alerting;

/// <summary>
/// Sends alerts to the receivers that a canary names, or else to the server's own. Each receiver has a queue of its own, so that
/// a slow one holds up neither the run nor the others (H-25).
/// </summary>
public sealed class AlertDispatcher : IAlertSink, IAsyncDisposable
{
    private const int MostAttempts = 3;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);

    private readonly AlertDirectory _directory;
    private readonly AlertOptions _options;
    private readonly AlertReceiver? _global;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly AlertTransport _transport;
    private readonly DeliveryLanes<Uri, Letter> _lanes;
    private readonly FailureEpisodes<Uri> _episodes = new();
    private readonly FailureEpisodes<AlertSpec> _unroutable = new();

    /// <summary>Makes it.</summary>
    /// <param name="providers">The AlertProvider objects.</param>
    /// <param name="secrets">The secrets with their addresses and tokens.</param>
    /// <param name="options">The server's own receiver.</param>
    /// <param name="time">For time limits and waits.</param>
    /// <param name="logger">Told of receivers that fail.</param>
    public AlertDispatcher(
        IAlertProviders providers, ISecrets secrets, AlertOptions options, TimeProvider time, ILogger<AlertDispatcher> logger)
    {
        (_options, _time, _logger) = (options, time, logger);
        _directory = new AlertDirectory(providers, secrets);
        _transport = new AlertTransport(time);
        _lanes = new DeliveryLanes<Uri, Letter>(options.Capacity, DeliverAsync, Counts);
        _global = options.GlobalReceiver(out var fault);
        if (fault.Length > 0)
        {
            logger.GlobalReceiverUnusable(fault);
        }
        else if (_global is not null)
        {
            logger.GlobalReceiver(_global.Name);
        }
    }

    /// <summary>What became of the alerts.</summary>
    public DeliveryCounts Counts { get; } = new();

    /// <inheritdoc/>
    public void Send(CanarySpec spec, AlertNotice alert)
    {
        EquatableArray<TemplateVariable> cluster =
            _options.ClusterName.Length == 0 ? [] : [new TemplateVariable("Cluster", _options.ClusterName)];
        EquatableArray<TemplateVariable> fields = alert.WithFields ? [.. cluster, .. AlertFields.Of(spec)] : cluster;
        var message = new AlertMessage(spec.Key, alert.Severity, alert.Text, fields);
        var now = _time.GetUtcNow();
        foreach (var receiver in ReceiversOf(spec, alert.Severity))
        {
            _lanes.Post(receiver.Address, new Letter(receiver, AlertPayload.Write(receiver, message, now)));
        }
    }

    /// <summary>Waits until everything handed over so far was sent or given up.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task WhenIdleAsync(CancellationToken cancellationToken) => _lanes.WhenIdleAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _lanes.DisposeAsync();
        _transport.Dispose();
    }

    // Without alerts of its own a canary's messages all go to the server's receiver, whatever their severity.
    private IEnumerable<AlertReceiver> ReceiversOf(CanarySpec spec, AlertSeverity severity)
    {
        var alerts = spec.Analysis.Alerts;
        if (alerts.Count == 0)
        {
            return _global is null ? [] : [_global];
        }

        return AlertRouting.Takers(alerts, severity).Select(alert => Find(spec, alert)).OfType<AlertReceiver>();
    }

    private AlertReceiver? Find(CanarySpec spec, AlertSpec alert)
    {
        var receiver = _directory.Find(alert, out var fault);
        if (receiver is not null)
        {
            _unroutable.End(alert);
            return receiver;
        }

        Counts.CountFailed();
        if (_unroutable.Begin(alert))
        {
            _logger.AlertUnroutable(spec.Key, fault);
        }

        return null;
    }

    private async Task DeliverAsync(Uri address, Letter letter, CancellationToken cancellationToken)
    {
        var outcome = await _transport.PostAsync(letter.Receiver, letter.Body, cancellationToken);
        for (var attempt = 1; attempt < MostAttempts && outcome is { WasSent: false, MayRecover: true }; attempt++)
        {
            await Task.Delay(FirstPause * attempt, _time, cancellationToken);
            outcome = await _transport.PostAsync(letter.Receiver, letter.Body, cancellationToken);
        }

        if (outcome.WasSent)
        {
            Counts.CountSent();
            if (_episodes.End(address))
            {
                _logger.AlertRecovered(letter.Receiver.Name);
            }

            return;
        }

        Counts.CountFailed();
        if (_episodes.Begin(address))
        {
            _logger.AlertFailed(letter.Receiver.Name, outcome.Reason);
        }
    }

    private sealed record Letter(AlertReceiver Receiver, string Body);
}

using Microsoft.Extensions.Logging;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Delivery;
using XdsCanary.CanaryEngine.Observability;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Webhooks;

/// <summary>
/// Tells the event webhooks of a canary, or else the server's own, of each event: in order, and without ever delaying the run
/// that the events are of (H-25).
/// </summary>
public sealed class EventWebhooks : IAsyncDisposable
{
    private const string GlobalHookName = "events";

    private readonly IWebhookClient _client;
    private readonly EventWebhookOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly DeliveryLanes<NamespacedName, Call> _lanes;
    private readonly FailureEpisodes<(NamespacedName Canary, string Hook)> _episodes = new();

    /// <summary>Makes it.</summary>
    /// <param name="client">Calls the webhooks.</param>
    /// <param name="options">Where events go.</param>
    /// <param name="time">Dates the events.</param>
    /// <param name="logger">Told of webhooks that fail.</param>
    public EventWebhooks(IWebhookClient client, EventWebhookOptions options, TimeProvider time, ILogger<EventWebhooks> logger)
    {
        (_client, _options, _time, _logger) = (client, options, time, logger);
        _lanes = new DeliveryLanes<NamespacedName, Call>(options.Capacity, CallAsync, Counts);
    }

    /// <summary>What became of the calls.</summary>
    public DeliveryCounts Counts { get; } = new();

    /// <summary>Hands an event over; returns at once.</summary>
    /// <param name="spec">The canary.</param>
    /// <param name="checksum">Its revision's checksum, see <see cref="WebhookPayload.Checksum"/>.</param>
    /// <param name="notice">The event.</param>
    public void Send(CanarySpec spec, string checksum, EventNotice notice)
    {
        var now = _time.GetUtcNow();
        foreach (var hook in HooksOf(spec))
        {
            var metadata = EventMetadata.Of(hook.Metadata, notice, now);
            _lanes.Post(spec.Key, new Call(hook, new WebhookPayload(spec.Key, notice.Phase, checksum, metadata)));
        }
    }

    /// <summary>Waits until everything handed over so far was sent or given up.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task WhenIdleAsync(CancellationToken cancellationToken) => _lanes.WhenIdleAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _lanes.DisposeAsync();

    private WebhookSpec[] HooksOf(CanarySpec spec)
    {
        var own = spec.Analysis.HooksOf(WebhookType.Event).ToArray();
        return own.Length > 0 || _options.Url is not { } url
            ? own
            : [new WebhookSpec { Name = GlobalHookName, Type = WebhookType.Event, Url = url }];
    }

    private async Task CallAsync(NamespacedName canary, Call call, CancellationToken cancellationToken)
    {
        var answer = await _client.CallAsync(call.Hook, call.Payload, cancellationToken);
        var key = (canary, call.Hook.Name);
        if (answer.Passed)
        {
            Counts.CountSent();
            if (_episodes.End(key))
            {
                _logger.EventWebhookRecovered(canary, call.Hook.Name);
            }

            return;
        }

        Counts.CountFailed();
        if (_episodes.Begin(key))
        {
            _logger.EventWebhookFailed(canary, call.Hook.Name, answer.Error);
        }
    }

    private sealed record Call(WebhookSpec Hook, WebhookPayload Payload);
}

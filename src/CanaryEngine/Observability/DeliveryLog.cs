using Microsoft.Extensions.Logging;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Observability;

/// <summary>Log messages about webhooks and alerts.</summary>
internal static partial class DeliveryLog
{
    [LoggerMessage(
        DeliveryEventIds.EventWebhookFailed, LogLevel.Error,
        "Error sending event of {Canary} to webhook {Hook}: {Reason}; further failures are counted, not logged")]
    public static partial void EventWebhookFailed(this ILogger logger, NamespacedName canary, string hook, string reason);

    [LoggerMessage(DeliveryEventIds.EventWebhookRecovered, LogLevel.Information, "Webhook {Hook} of {Canary} takes events again")]
    public static partial void EventWebhookRecovered(this ILogger logger, NamespacedName canary, string hook);

    [LoggerMessage(
        DeliveryEventIds.AlertFailed, LogLevel.Error,
        "Alert receiver {Receiver} send error: {Reason}; further failures are counted, not logged")]
    public static partial void AlertFailed(this ILogger logger, string receiver, string reason);

    [LoggerMessage(DeliveryEventIds.AlertRecovered, LogLevel.Information, "Alert receiver {Receiver} takes alerts again")]
    public static partial void AlertRecovered(this ILogger logger, string receiver);

    [LoggerMessage(DeliveryEventIds.AlertUnroutable, LogLevel.Error, "Alert of {Canary} has no receiver: {Reason}")]
    public static partial void AlertUnroutable(this ILogger logger, NamespacedName canary, string reason);

    [LoggerMessage(DeliveryEventIds.GlobalReceiver, LogLevel.Information, "Notifications enabled for {Receiver}")]
    public static partial void GlobalReceiver(this ILogger logger, string receiver);

    [LoggerMessage(DeliveryEventIds.GlobalReceiverUnusable, LogLevel.Error, "Notifications are off: {Reason}")]
    public static partial void GlobalReceiverUnusable(this ILogger logger, string reason);
}

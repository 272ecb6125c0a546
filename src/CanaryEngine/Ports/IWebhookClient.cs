using XdsCanary.CanaryEngine.Core;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Ports;

/// <summary>Calls webhooks. Never throws for what the receiver says or fails to say: that is an answer. Thread-safe.</summary>
public interface IWebhookClient
{
    /// <summary>Calls a webhook, with its retries.</summary>
    /// <param name="hook">Which.</param>
    /// <param name="payload">What to tell it.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    ValueTask<HookAnswer> CallAsync(WebhookSpec hook, WebhookPayload payload, CancellationToken cancellationToken);
}

/// <summary>What a webhook is told (`spec/flagger.md` 5.1).</summary>
/// <param name="Canary">The canary.</param>
/// <param name="Phase">Its phase.</param>
/// <param name="Checksum">Tells one revision from another.</param>
/// <param name="Metadata">The hook's own metadata, and for events also what happened.</param>
public sealed record WebhookPayload(
    NamespacedName Canary, CanaryPhase Phase, string Checksum, EquatableArray<TemplateVariable> Metadata);

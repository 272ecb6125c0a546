namespace XdsCanary.CanaryEngine.Webhooks;

/// <summary>Where events go, and how many may wait.</summary>
public sealed record EventWebhookOptions
{
    /// <summary>Told of the events of every canary that has no event webhook of its own; null for nobody.</summary>
    public Uri? Url { get; init; }

    /// <summary>How many events of one canary may wait for its webhooks; the oldest are dropped.</summary>
    public int Capacity { get; init; } = 256;

    /// <summary>These options with what the environment says, which counts more: <c>EVENT_WEBHOOK_URL</c>.</summary>
    /// <param name="variable">Gives the value of an environment variable, null when it is not set.</param>
    public EventWebhookOptions WithEnvironment(Func<string, string?> variable) =>
        Uri.TryCreate(variable("EVENT_WEBHOOK_URL"), UriKind.Absolute, out var url) ? this with { Url = url } : this;
}

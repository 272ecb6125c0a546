namespace XdsCanary.CanaryEngine.Webhooks;

/// <summary>What one request to a webhook came to.</summary>
/// <param name="Status">The status; null when there was no answer.</param>
/// <param name="Text">The answer's body, cut, or why there was none.</param>
/// <param name="RetryAfter">How long the receiver wants to be left alone; null when it did not say.</param>
/// <param name="Location">Where the receiver says that its result will be; null when it did not say.</param>
internal sealed record WebhookReply(int? Status, string Text, TimeSpan? RetryAfter = null, Uri? Location = null)
{
    /// <summary>202: taken, which for an asynchronous hook means not done yet.</summary>
    public bool IsAccepted => Status == 202;

    /// <summary>True for what counts as success; Flagger draws the line at 202 and 203 to 299 fail.</summary>
    public bool IsSuccess => Status is >= 200 and <= 202;

    /// <summary>True for what may be better next time: no answer, 429, and all of 5xx but 501.</summary>
    public bool MayRecover => Status is null or 429 or (>= 500 and not 501);
}

namespace XdsCanary.CanaryEngine.Webhooks;

/// <summary>How long to wait before a webhook is called again.</summary>
internal static class WebhookRetries
{
    private const int LargestDoubling = 5;
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    // A receiver that asks for a day must not hold a run up for a day.
    private static readonly TimeSpan LongestAsked = TimeSpan.FromMinutes(5);

    /// <summary>The wait after an answer.</summary>
    /// <param name="attempt">Which attempt it was, from 0.</param>
    /// <param name="reply">The answer.</param>
    public static TimeSpan Delay(int attempt, WebhookReply reply) =>
        reply is { Status: 429 or 503, RetryAfter: { } asked }
            ? Min(asked, LongestAsked)
            : Min(First * (1 << Math.Min(attempt, LargestDoubling)), Longest);

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;
}

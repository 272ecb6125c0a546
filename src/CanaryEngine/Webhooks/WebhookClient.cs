using System.Globalization;
using System.Text;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Ports;

namespace XdsCanary.CanaryEngine.Webhooks;

/// <summary>Calls webhooks over HTTP.</summary>
/// <param name="time">For time limits and waits.</param>
public sealed class WebhookClient(TimeProvider time) : IWebhookClient, IDisposable
{
    private readonly WebhookTransport _verified = new(time, skipVerify: false);
    private readonly WebhookTransport _unverified = new(time, skipVerify: true);

    /// <inheritdoc/>
    public async ValueTask<HookAnswer> CallAsync(WebhookSpec hook, WebhookPayload payload, CancellationToken cancellationToken)
    {
        var transport = hook.SkipVerify ? _unverified : _verified;
        var body = WebhookPayloadJson.Write(payload);
        for (var attempt = 0; ; attempt++)
        {
            using var limit = new CancellationTokenSource(hook.Timeout, time);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            var (reply, wasAccepted) = await TryAsync(transport, hook, body, stop.Token);
            cancellationToken.ThrowIfCancellationRequested();
            if (reply.IsSuccess && !(wasAccepted && reply.IsAccepted))
            {
                return HookAnswer.Pass;
            }

            // What the receiver has taken on must not be given to it a second time.
            if (!reply.MayRecover || wasAccepted)
            {
                return new HookAnswer(false, reply.Text);
            }

            if (attempt >= hook.Retries)
            {
                var url = hook.Url.GetComponents(UriComponents.HttpRequestUrl, UriFormat.UriEscaped);
                return new HookAnswer(
                    false,
                    string.Create(CultureInfo.InvariantCulture, $"POST {url} giving up after {attempt + 1} attempt(s): {reply.Text}"));
            }

            await Task.Delay(WebhookRetries.Delay(attempt, reply), time, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _verified.Dispose();
        _unverified.Dispose();
    }

    // One attempt; the second value is true when the receiver has accepted the work and was asked for its result.
    private async ValueTask<(WebhookReply Reply, bool WasAccepted)> TryAsync(
        WebhookTransport transport, WebhookSpec hook, string body, CancellationToken stop)
    {
        var reply = await transport.SendAsync(
            () => new HttpRequestMessage(HttpMethod.Post, hook.Url)
            {
                Content = new StringContent(body, Encoding.UTF8) { Headers = { ContentType = new("application/json") } },
            },
            hook.Timeout,
            stop);
        return hook.Async && reply.IsAccepted
            ? (await AwaitResultAsync(transport, hook, reply, stop), true)
            : (reply, false);
    }

    private async ValueTask<WebhookReply> AwaitResultAsync(
        WebhookTransport transport, WebhookSpec hook, WebhookReply accepted, CancellationToken stop)
    {
        var url = accepted.Location ?? hook.Url;
        var last = accepted;
        for (var look = 0; ; look++)
        {
            try
            {
                await Task.Delay(last.RetryAfter ?? WebhookRetries.Delay(look, last), time, stop);
            }
            catch (OperationCanceledException)
            {
                var state = last.IsAccepted ? "accepted, but" : $"{last.Text}, and";
                return new WebhookReply(null, $"{state} no result within {WebhookTransport.Text(hook.Timeout)}");
            }

            var reply = await transport.SendAsync(() => new HttpRequestMessage(HttpMethod.Get, url), hook.Timeout, stop);
            if (!reply.IsAccepted && !(reply.Status is null or 429 or 503))
            {
                return reply;
            }

            last = reply;
        }
    }
}

using System.Globalization;
using System.Net.Security;
using XdsCanary.CanaryEngine.Delivery;

namespace XdsCanary.CanaryEngine.Webhooks;

/// <summary>Sends single requests and turns whatever happens into a <see cref="WebhookReply"/>.</summary>
internal sealed class WebhookTransport : IDisposable
{
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(2);

    private readonly TimeProvider _time;
    private readonly HttpClient _client;

    /// <summary>Makes a transport.</summary>
    /// <param name="time">Tells how far away a date in <c>Retry-After</c> is.</param>
    /// <param name="skipVerify">Take any certificate.</param>
    public WebhookTransport(TimeProvider time, bool skipVerify)
    {
        _time = time;
        // Names are looked up again from time to time: a receiver in a cluster moves.
        var handler = new SocketsHttpHandler { PooledConnectionLifetime = ConnectionLifetime, MaxAutomaticRedirections = 10 };
        if (skipVerify)
        {
#pragma warning disable CA5359 // The canary says so (disableTLS), for a receiver whose certificate nobody signed.
            handler.SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, _, _, _) => true };
#pragma warning restore CA5359
        }

        _client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        _client.DefaultRequestHeaders.UserAgent.ParseAdd(AnswerText.UserAgent);
    }

    /// <summary>A duration as it is written in manifests.</summary>
    public static string Text(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.###}s");

    /// <summary>Sends one request.</summary>
    /// <param name="request">Makes it.</param>
    /// <param name="limit">The time limit, for the text.</param>
    /// <param name="stop">Ends at the time limit, or when the call is given up.</param>
    public async ValueTask<WebhookReply> SendAsync(Func<HttpRequestMessage> request, TimeSpan limit, CancellationToken stop)
    {
        try
        {
            using var message = request();
            using var response = await _client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, stop);
            var text = await AnswerText.ReadAsync(response, stop);
            return new WebhookReply((int)response.StatusCode, text, RetryAfter(response), Locate(message, response));
        }
        catch (OperationCanceledException)
        {
            return new WebhookReply(null, $"no answer within {Text(limit)}");
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or NotSupportedException)
        {
            return new WebhookReply(null, AnswerText.Of(fault));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private static Uri? Locate(HttpRequestMessage request, HttpResponseMessage response) =>
        response.Headers.Location is { } location && request.RequestUri is { } asked ? new Uri(asked, location) : null;

    private TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        var asked = response.Headers.RetryAfter;
        var wait = asked?.Delta ?? asked?.Date - _time.GetUtcNow();
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }
}

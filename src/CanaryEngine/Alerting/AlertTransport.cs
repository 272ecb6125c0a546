using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using XdsCanary.CanaryEngine.Delivery;

namespace XdsCanary.CanaryEngine.Alerting;

/// <summary>Posts single alerts over HTTP. Thread-safe.</summary>
/// <param name="time">For the time limit.</param>
internal sealed class AlertTransport(TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(2);
    private static readonly Uri NoProxy = new("none:");

    private readonly ConcurrentDictionary<Uri, HttpClient> _clients = new();

    /// <summary>Posts an alert.</summary>
    /// <param name="receiver">To whom.</param>
    /// <param name="body">The body.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async ValueTask<AlertOutcome> PostAsync(AlertReceiver receiver, string body, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, receiver.Address)
            {
                Content = new StringContent(body, Encoding.UTF8) { Headers = { ContentType = new("application/json") } },
            };
            if (receiver.Token.Length > 0)
            {
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", receiver.Token);
            }

            using var response = await ClientFor(receiver.Proxy)
                .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop.Token);
            return Judge(response, await AnswerText.ReadAsync(response, stop.Token));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new AlertOutcome(false, true, string.Create(CultureInfo.InvariantCulture, $"no answer within {Limit.TotalSeconds}s"));
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or FormatException)
        {
            return new AlertOutcome(false, fault is not FormatException, AnswerText.Of(fault));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var client in _clients.Values)
        {
            client.Dispose();
        }
    }

    private static AlertOutcome Judge(HttpResponseMessage response, string text)
    {
        var status = (int)response.StatusCode;
        if (!response.IsSuccessStatusCode)
        {
            var reason = string.Create(CultureInfo.InvariantCulture, $"sending notification bad response {status}: {text}");
            return new AlertOutcome(false, status is 408 or 429 or >= 500, reason);
        }

        return SaysNotOk(text)
            ? new AlertOutcome(false, false, $"the receiver refused it: {text}")
            : new AlertOutcome(true, false, string.Empty);
    }

    // Slack's API answers 200 to everything, and says in the body what it thinks of it.
    private static bool SaysNotOk(string text)
    {
        if (!text.StartsWith('{'))
        {
            return false;
        }

        try
        {
            using var answer = JsonDocument.Parse(text);
            return answer.RootElement.TryGetProperty("ok", out var ok) && ok.ValueKind == JsonValueKind.False;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private HttpClient ClientFor(Uri? proxy) => _clients.GetOrAdd(proxy ?? NoProxy, static key =>
    {
        var handler = new SocketsHttpHandler { PooledConnectionLifetime = ConnectionLifetime };
        if (key != NoProxy)
        {
            handler.Proxy = new WebProxy(key);
        }

        var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.UserAgent.ParseAdd(AnswerText.UserAgent);
        return client;
    });
}

/// <summary>What posting an alert came to.</summary>
/// <param name="WasSent">The receiver took it.</param>
/// <param name="MayRecover">If not, whether another attempt makes sense.</param>
/// <param name="Reason">Why not; empty when it did.</param>
internal sealed record AlertOutcome(bool WasSent, bool MayRecover, string Reason);

using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using XdsCanary.CanaryEngine.Core;

namespace XdsCanary.CanaryEngine.Metrics.PromQl;

/// <summary>
/// Asks instant queries over Prometheus' HTTP interface. Who asks what another one is waiting for gets the same answer: several
/// checks of a canary want the number of its requests at one time. Thread-safe.
/// </summary>
/// <param name="http">The connections.</param>
/// <param name="timeout">How long an answer may take, retries included.</param>
/// <param name="time">The clock.</param>
internal sealed class PrometheusClient(PrometheusHttp http, TimeSpan timeout, TimeProvider time)
{
    // A number takes 100 bytes; more than this is a wrong query or a wrong server.
    private const int BodyLimit = 1024 * 1024;
    private const int ReadSize = 16 * 1024;

    private readonly ConcurrentDictionary<(PrometheusEndpoint Endpoint, string Query), Lazy<Task<MetricAnswer>>> _calls = new();

    /// <summary>Asks for one number.</summary>
    /// <param name="endpoint">Whom.</param>
    /// <param name="query">The query.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The answer, or why there is none.</returns>
    public async ValueTask<MetricAnswer> QueryAsync(
        PrometheusEndpoint endpoint, string query, CancellationToken cancellationToken)
    {
        var call = _calls.GetOrAdd((endpoint, query), key => new Lazy<Task<MetricAnswer>>(() => CallAsync(key)));
        return await call.Value.WaitAsync(cancellationToken);
    }

    /// <summary>Asks whether the server answers.</summary>
    /// <param name="endpoint">Whom.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Why not; empty when it does.</returns>
    public async ValueTask<string> ProbeAsync(PrometheusEndpoint endpoint, CancellationToken cancellationToken)
    {
        var answer = await QueryAsync(endpoint, "vector(1)", cancellationToken);
        return answer switch
        {
            { Value: 1 } => string.Empty,
            { Value: { } value } => string.Create(CultureInfo.InvariantCulture, $"value is not 1 for query: vector(1), but {value}"),
            _ => answer.Error,
        };
    }

    private async Task<MetricAnswer> CallAsync((PrometheusEndpoint Endpoint, string Query) key)
    {
        try
        {
            // Nobody who asks may end it, for others may be waiting for it, too.
            using var limit = new CancellationTokenSource(timeout, time);
            var answer = await AskAsync(key.Endpoint, key.Query, limit.Token);
            return answer with { Query = ShortText.Cut(key.Query), Provider = MetricProviderType.Prometheus };
        }
        finally
        {
            _calls.TryRemove(key, out _);
        }
    }

    private async Task<MetricAnswer> AskAsync(PrometheusEndpoint endpoint, string query, CancellationToken end)
    {
        try
        {
            using var request = endpoint.Ask(query);
            using var response = await http.Client(endpoint.SkipVerify)
                .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, end);
            if (await ReadBodyAsync(response.Content, end) is not { } body)
            {
                return PrometheusReply.Refuse(
                    InconclusiveKind.BadQuery, "the answer is larger than 1 MiB; aggregate with sum()");
            }

            return response.IsSuccessStatusCode
                ? PrometheusReply.Read(body)
                : PrometheusReply.ReadFailure(response.StatusCode, PhraseOf(response), body);
        }
        catch (OperationCanceledException)
        {
            return PrometheusReply.Refuse(
                InconclusiveKind.Outage,
                string.Create(CultureInfo.InvariantCulture, $"request failed: {endpoint}: no answer within {timeout.TotalSeconds} s"));
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or FormatException)
        {
            return PrometheusReply.Refuse(InconclusiveKind.Outage, $"request failed: {endpoint}: {Innermost(fault)}");
        }
    }

    private static async Task<string?> ReadBodyAsync(HttpContent content, CancellationToken cancellationToken)
    {
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        using var body = new MemoryStream();
        var buffer = ArrayPool<byte>.Shared.Rent(ReadSize);
        try
        {
            while (await stream.ReadAsync(buffer, cancellationToken) is var count and > 0)
            {
                if (body.Length + count > BodyLimit)
                {
                    return null;
                }

                body.Write(buffer, 0, count);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return Encoding.UTF8.GetString(body.GetBuffer(), 0, (int)body.Length);
    }

    private static string PhraseOf(HttpResponseMessage response) =>
        response.ReasonPhrase is { Length: > 0 } phrase ? phrase : ReasonPhrases.GetReasonPhrase((int)response.StatusCode);

    private static string Innermost(Exception fault) => fault.InnerException is { } inner ? Innermost(inner) : fault.Message;
}

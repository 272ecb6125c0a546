using System.Globalization;
using System.Net;
using System.Text.Json;
using XdsCanary.CanaryEngine.Core;

namespace XdsCanary.CanaryEngine.Metrics.PromQl;

/// <summary>Reads what Prometheus answers to an instant query. Pure.</summary>
internal static class PrometheusReply
{
    private const string Failed = "running query failed: ";

    // What an event or a status line can take of a server's error page.
    private const int ErrorLimit = 512;

    /// <summary>Reads an answer with a status of success.</summary>
    /// <param name="body">The answer.</param>
    /// <returns>The answer; without the query.</returns>
    public static MetricAnswer Read(string body)
    {
        var raw = ShortText.Cut(body);
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            if (Text(root, "status") != "success")
            {
                return Refuse(IsBadQuery(root) ? InconclusiveKind.BadQuery : InconclusiveKind.Outage, $"error response: {Cut(body)}", raw);
            }

            var answer = ReadData(root.GetProperty("data")) with { Raw = raw };
            return answer.Value is null ? answer with { Error = answer.Error + Warnings(root) } : answer;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or KeyNotFoundException
            or FormatException or IndexOutOfRangeException)
        {
            return Refuse(InconclusiveKind.Outage, $"the answer is not what Prometheus says: {Cut(body)}", raw);
        }
    }

    /// <summary>Reads an answer with a status of failure.</summary>
    /// <param name="status">The status.</param>
    /// <param name="phrase">Its words.</param>
    /// <param name="body">The answer.</param>
    public static MetricAnswer ReadFailure(HttpStatusCode status, string phrase, string body)
    {
        var advice = status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
            ? " (check the credentials: the Secret's token, or username and password)"
            : string.Empty;
        var kind = status is HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity
            ? InconclusiveKind.BadQuery
            : InconclusiveKind.Outage;
        return Refuse(
            kind, $"error response: Status {(int)status} {phrase}: {Cut(body.TrimEnd())}{advice}", ShortText.Cut(body));
    }

    /// <summary>An answer without a value.</summary>
    /// <param name="kind">Why there is none.</param>
    /// <param name="error">What happened.</param>
    /// <param name="raw">The answer as it came.</param>
    public static MetricAnswer Refuse(InconclusiveKind kind, string error, string raw = "") =>
        new(null, kind, Failed + error, string.Empty, raw);

    private static MetricAnswer ReadData(JsonElement data)
    {
        var result = data.GetProperty("result");
        return Text(data, "resultType") switch
        {
            "vector" => ReadVector(result),
            "scalar" => Value(result[1].GetString()!),
            "matrix" => Refuse(InconclusiveKind.BadQuery, "query returned multiple values"),
            var other => Refuse(InconclusiveKind.BadQuery, $"query returned a {other}, want a number"),
        };
    }

    private static MetricAnswer ReadVector(JsonElement series)
    {
        var count = series.GetArrayLength();
        if (count == 0)
        {
            return NoValues();
        }

        if (series.EnumerateArray().Any(one => !one.TryGetProperty("value", out _)))
        {
            return Refuse(InconclusiveKind.BadQuery, "query returned a histogram, want a number; take a quantile of it");
        }

        var values = series.EnumerateArray().Select(one => one.GetProperty("value")[1].GetString()!)
            .Distinct(StringComparer.Ordinal).ToArray();
        return values is [var only]
            ? Value(only)
            : Refuse(InconclusiveKind.BadQuery, $"query returned {count} series, want one; aggregate with sum()");
    }

    private static MetricAnswer Value(string text)
    {
        var value = text switch
        {
            "+Inf" => double.PositiveInfinity,
            "-Inf" => double.NegativeInfinity,
            _ => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
        };
        return double.IsNaN(value) ? NoValues() : new MetricAnswer(value);
    }

    private static MetricAnswer NoValues() => Refuse(InconclusiveKind.NoTraffic, "no values found");

    private static bool IsBadQuery(JsonElement root) => Text(root, "errorType") is "bad_data" or "execution";

    private static string Warnings(JsonElement root) =>
        root.TryGetProperty("warnings", out var warnings) && warnings.ValueKind == JsonValueKind.Array && warnings.GetArrayLength() > 0
            ? Cut($" (warnings: {string.Join("; ", warnings.EnumerateArray().Select(warning => warning.GetString()))})")
            : string.Empty;

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string Cut(string text) => ShortText.Cut(text, ErrorLimit);
}

using System.Collections.Immutable;
using System.Globalization;

namespace XdsCanary.LoadTester.Load;

/// <summary>A <c>load</c> task: which requests, how many, how long, and what is still good. Pure.</summary>
/// <param name="Url">Where to.</param>
/// <param name="Rate">Requests a second.</param>
/// <param name="Concurrency">Requests under way at most.</param>
/// <param name="Duration">How long.</param>
internal sealed record LoadPlan(Uri Url, double Rate, int Concurrency, TimeSpan Duration)
{
    private const double MostRate = 20_000;
    private const int MostConcurrency = 1_000;

    /// <summary>The method.</summary>
    public string Method { get; private init; } = "GET";

    /// <summary>Headers of every request.</summary>
    public ImmutableArray<(string Name, string Value)> Headers { get; private init; } = [];

    /// <summary>More errors than this, in percent, are a failure; null for no matter.</summary>
    public double? MaxErrorPercent { get; private init; }

    /// <summary>A 99th percentile above this is a failure; null for no matter.</summary>
    public TimeSpan? MaxP99 { get; private init; }

    /// <summary>Reads a plan from a hook's metadata.</summary>
    /// <param name="metadata">The metadata.</param>
    /// <param name="fault">Why it is no plan; empty when it is.</param>
    /// <returns>The plan; null when it is none.</returns>
    public static LoadPlan? Read(IReadOnlyDictionary<string, string> metadata, out string fault)
    {
        var faults = new List<string>();
        if (!Uri.TryCreate(metadata.GetValueOrDefault("url"), UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
        {
            faults.Add("url must be an http or https URL");
        }

        var method = metadata.GetValueOrDefault("method", "GET").ToUpperInvariant();
        if (method.Length == 0 || !method.All(char.IsAsciiLetterUpper))
        {
            faults.Add($"method must be one of HTTP's, not '{method}'");
        }

        var rate = Number(metadata, "rate", 0.1, MostRate, faults) ?? 10;
        var concurrency = Number(metadata, "concurrency", 1, MostConcurrency, faults) ?? 10;
        var duration = Span(metadata, "duration", faults) ?? TimeSpan.FromSeconds(5);
        var errors = Number(metadata, "maxErrorPercent", 0, 100, faults);
        var p99 = Span(metadata, "maxP99", faults);
        var headers = ReadHeaders(metadata.GetValueOrDefault("headers", string.Empty), faults);
        fault = string.Join("; ", faults);
        return faults.Count > 0 ? null : new LoadPlan(url!, rate, (int)concurrency, duration)
        {
            Method = method,
            Headers = headers,
            MaxErrorPercent = errors,
            MaxP99 = p99,
        };
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"load {Method} {Url} rate {Rate} concurrency {Concurrency} for {Duration.TotalSeconds}s");

    private static double? Number(
        IReadOnlyDictionary<string, string> metadata, string name, double least, double most, List<string> faults)
    {
        if (!metadata.TryGetValue(name, out var text))
        {
            return null;
        }

        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number >= least && number <= most)
        {
            return number;
        }

        faults.Add(string.Create(CultureInfo.InvariantCulture, $"{name} must be a number from {least} to {most}, not '{text}'"));
        return null;
    }

    private static TimeSpan? Span(IReadOnlyDictionary<string, string> metadata, string name, List<string> faults)
    {
        if (!metadata.TryGetValue(name, out var text))
        {
            return null;
        }

        var digits = text.TrimEnd('m', 's');
        double? unit = text[digits.Length..] switch { "ms" => 1, "s" => 1_000, "m" => 60_000, _ => null };
        if (unit is { } scale
            && double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && number > 0 && number * scale <= TimeSpan.MillisecondsPerDay)
        {
            return TimeSpan.FromMilliseconds(number * scale);
        }

        faults.Add($"{name} must be a duration such as 500ms, 10s or 2m, not '{text}'");
        return null;
    }

    private static ImmutableArray<(string Name, string Value)> ReadHeaders(string text, List<string> faults)
    {
        var headers = ImmutableArray.CreateBuilder<(string, string)>();
        foreach (var line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
            {
                headers.Add((line[..colon].Trim(), line[(colon + 1)..].Trim()));
            }
            else
            {
                faults.Add($"headers must be lines of 'Name: value', not '{line}'");
            }
        }

        return headers.ToImmutable();
    }
}

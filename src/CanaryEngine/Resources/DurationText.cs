using System.Globalization;
using System.Text.RegularExpressions;

namespace XdsCanary.CanaryEngine.Resources;

/// <summary>Reads durations as Go programs write them: <c>30s</c>, <c>1m30s</c>, <c>1.5h</c>, <c>500ms</c>.</summary>
internal static partial class DurationText
{
    /// <summary>What longer durations are cut to: far longer than any that is allowed somewhere.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(1000);

    /// <summary>Reads a duration. A sign is not allowed: nothing here lasts a negative time.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The duration, at most <see cref="Longest"/>; null when the text is none.</returns>
    public static TimeSpan? Parse(string text)
    {
        var match = Pattern().Match(text);
        if (!match.Success)
        {
            return null;
        }

        var total = 0.0;
        var numbers = match.Groups["number"].Captures;
        var units = match.Groups["unit"].Captures;
        for (var i = 0; i < numbers.Count; i++)
        {
            total += double.Parse(numbers[i].Value, CultureInfo.InvariantCulture) * Milliseconds(units[i].Value);
        }

        return TimeSpan.FromMilliseconds(Math.Min(total, Longest.TotalMilliseconds));
    }

    /// <summary>Writes a duration as Prometheus takes it; as it was written where that is possible.</summary>
    /// <param name="duration">The duration.</param>
    /// <param name="written">As it was written.</param>
    public static string ForQuery(TimeSpan duration, string written) =>
        written.Length > 0 && QueryPattern().IsMatch(written)
            ? written
            : string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, Math.Round(duration.TotalMilliseconds))}ms");

    private static double Milliseconds(string unit) => unit switch
    {
        "ns" => 1e-6,
        "us" or "\u00b5s" or "\u03bcs" => 1e-3,
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        _ => 3_600_000,
    };

    [GeneratedRegex(@"^(?:(?<number>[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?<unit>ns|us|\u00b5s|\u03bcs|ms|s|m|h))+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();

    [GeneratedRegex(@"^(?:[0-9]+h)?(?:[0-9]+m)?(?:[0-9]+s)?(?:[0-9]+ms)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex QueryPattern();
}

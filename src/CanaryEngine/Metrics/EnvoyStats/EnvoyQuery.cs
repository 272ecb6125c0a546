using System.Globalization;
using System.Text.RegularExpressions;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Metrics.EnvoyStats;

/// <summary>What the proxies' statistics can be asked for.</summary>
internal enum EnvoyQueryKind
{
    /// <summary>Requests that did not end in 5xx, in percent.</summary>
    SuccessRate,

    /// <summary>A quantile of the duration, in milliseconds.</summary>
    Duration,

    /// <summary>Requests a second.</summary>
    Rate,
}

/// <summary>A question to the proxies' statistics, written for example <c>request-duration(web-canary, 0.99)</c>.</summary>
/// <param name="Kind">What is asked for.</param>
/// <param name="Service">Of which service.</param>
/// <param name="Quantile">Which quantile of a duration.</param>
internal sealed partial record EnvoyQuery(EnvoyQueryKind Kind, NamespacedName Service, double Quantile = 0.99)
{
    private const string SuccessRateName = "success-rate";
    private const string DurationName = "request-duration";
    private const string RateName = "request-rate";

    /// <summary>Reads one.</summary>
    /// <param name="text">The text, filled in.</param>
    /// <param name="ns">The namespace of a service that names none.</param>
    /// <returns>Null when it is not one.</returns>
    public static EnvoyQuery? Parse(string text, string ns)
    {
        var match = Call().Match(text);
        if (!match.Success)
        {
            return null;
        }

        var service = new NamespacedName(
            match.Groups["ns"].Success ? match.Groups["ns"].Value : ns, match.Groups["service"].Value);
        var quantile = match.Groups["quantile"];
        return match.Groups["function"].Value switch
        {
            SuccessRateName when !quantile.Success => new EnvoyQuery(EnvoyQueryKind.SuccessRate, service),
            RateName when !quantile.Success => new EnvoyQuery(EnvoyQueryKind.Rate, service),
            DurationName when double.TryParse(quantile.ValueSpan, CultureInfo.InvariantCulture, out var value) && value is >= 0 and <= 1 =>
                new EnvoyQuery(EnvoyQueryKind.Duration, service, value),
            _ => null,
        };
    }

    /// <summary>Takes the value out of a window.</summary>
    /// <param name="window">What was counted.</param>
    /// <returns>Null when nothing was.</returns>
    public double? ValueOf(StatsWindow window) => Kind switch
    {
        EnvoyQueryKind.SuccessRate => window.SuccessRate,
        EnvoyQueryKind.Duration => window.Duration(Quantile),
        _ => window.Rate,
    };

    /// <summary>The text that is read back as the same question.</summary>
    public override string ToString() => Kind switch
    {
        EnvoyQueryKind.SuccessRate => $"{SuccessRateName}({Service})",
        EnvoyQueryKind.Duration => string.Create(CultureInfo.InvariantCulture, $"{DurationName}({Service}, {Quantile})"),
        _ => $"{RateName}({Service})",
    };

    [GeneratedRegex(@"\A(?<function>[a-z-]+)\(\s*(?:(?<ns>[a-z0-9-]+)/)?(?<service>[a-z0-9-]+)\s*(?:,\s*(?<quantile>[0-9.]+)\s*)?\)\z")]
    private static partial Regex Call();
}

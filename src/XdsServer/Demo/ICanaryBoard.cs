using System.Globalization;

namespace XdsCanary.XdsServer.Demo;

/// <summary>A canary's weight at a moment, in percent.</summary>
/// <param name="Version">The version that it is of.</param>
/// <param name="Wanted">What is asked for.</param>
/// <param name="Acknowledged">What all proxies have acknowledged; null while they differ.</param>
/// <param name="Observed">Its share of the answers; null before there are any.</param>
internal sealed record WeightSample(string Version, int Wanted, int? Acknowledged, double? Observed)
{
    private const int Width = 25;

    /// <summary>The sample in one line with a bar of what was observed.</summary>
    public override string ToString()
    {
        var acknowledged = Acknowledged?.ToString(CultureInfo.InvariantCulture) ?? "-";
        var observed = Observed?.ToString("F1", CultureInfo.InvariantCulture) ?? "-";
        var filled = (int)Math.Round((Observed ?? 0) * Width / 100);
        var bar = new string('#', filled) + new string('.', Width - filled);
        return $"[{bar}] wanted {Wanted,3} %  acknowledged {acknowledged,3} %  answers from {Version} {observed,5} %";
    }
}

/// <summary>Shows what becomes of a canary.</summary>
internal interface ICanaryBoard
{
    /// <summary>Shows a run while it goes on.</summary>
    /// <param name="heading">A line above it.</param>
    /// <param name="run">The run: gets what shows the weight of now, and shows lines by <see cref="Line"/>.</param>
    Task ShowAsync(string heading, Func<Action<WeightSample>, Task> run);

    /// <summary>Shows a line that stays.</summary>
    /// <param name="text">The line.</param>
    /// <param name="isWarning">Whether it warns.</param>
    void Line(string text, bool isWarning);

    /// <summary>Shows the outcome.</summary>
    /// <param name="text">One line.</param>
    /// <param name="good">Whether it is good news.</param>
    void Conclude(string text, bool good);
}

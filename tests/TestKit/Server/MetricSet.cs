using System.Globalization;
using System.Text.RegularExpressions;

namespace XdsCanary.TestKit.Server;

/// <summary>Samples in the Prometheus text format.</summary>
public sealed partial class MetricSet
{
    private readonly List<(string Name, string Labels, double Value)> _samples = [];

    private MetricSet()
    {
    }

    /// <summary>Reads the text format; comments and timestamps are ignored.</summary>
    public static MetricSet Parse(string text)
    {
        var metrics = new MetricSet();
        foreach (Match match in Sample().Matches(text))
        {
            metrics._samples.Add((
                match.Groups["name"].Value,
                match.Groups["labels"].Value,
                double.Parse(match.Groups["value"].Value, CultureInfo.InvariantCulture)));
        }

        return metrics;
    }

    /// <summary>True if there is a sample of that name.</summary>
    public bool Has(string name) => _samples.Exists(sample => sample.Name == name);

    /// <summary>The sum over the samples of a name that carry all the given labels; 0 without any.</summary>
    /// <param name="name">The metric.</param>
    /// <param name="labels">Labels as they are written, for example <c>type="cds"</c>.</param>
    public double Sum(string name, params string[] labels) =>
        _samples
            .Where(sample => sample.Name == name
                && Array.TrueForAll(labels, label => sample.Labels.Contains(label, StringComparison.Ordinal)))
            .Sum(sample => sample.Value);

    [GeneratedRegex(@"^(?<name>[A-Za-z_:][\w:]*)(?:\{(?<labels>.*)\})? (?<value>[^ \r\n]+)", RegexOptions.Multiline)]
    private static partial Regex Sample();
}

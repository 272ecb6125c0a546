using System.Text;
using System.Text.RegularExpressions;
using XdsCanary.TestKit;

namespace XdsCanary.XdsServer.FunctionalTests.Admin;

public sealed partial class MetricsManualTests
{
    [Fact]
    public async Task Manual_lists_every_metric_of_a_running_server()
    {
        await using var server = await RunningServer.StartAsync();
        var text = await server.Admin.GetStringAsync("/metrics", TestContext.Current.CancellationToken);

        var table = new StringBuilder("| metric | type | labels | meaning |\n|---|---|---|---|\n");
        foreach (Match help in Help().Matches(text).OrderBy(match => match.Groups["name"].Value, StringComparer.Ordinal))
        {
            var name = help.Groups["name"].Value;
            var type = Regex.Match(text, $"(?m)^# TYPE {name} (\\S+)$").Groups[1].Value;
            var samples = Regex.Matches(text, $"(?m)^{name}(?:_bucket)?(?:\\{{(.*)\\}})? ").Select(match => match.Groups[1].Value);
            table.Append($"| `{name}` | {type} | {Labels(samples)} | {help.Groups["text"].Value} |\n");
        }

        GeneratedSection.Verify("docs/metrics.md", table.ToString());
    }

    private static string Labels(IEnumerable<string> samples)
    {
        var values = samples
            .SelectMany(sample => Label().Matches(sample).Select(match => (Name: match.Groups[1].Value, Value: match.Groups[2].Value)))
            .Where(label => label.Name != "le")
            .Distinct()
            .GroupBy(label => label.Name, label => label.Value);
        return string.Join("; ", values.Select(label => $"`{label.Key}`: {string.Join(", ", label.Order(StringComparer.Ordinal))}"));
    }

    [GeneratedRegex(@"(?m)^# HELP (?<name>\S+) (?<text>.+)$")]
    private static partial Regex Help();

    [GeneratedRegex("""(\w+)="([^"]*)["]""")]
    private static partial Regex Label();
}

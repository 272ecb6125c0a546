namespace XdsCanary.CanaryEngine.Tests.Webhooks;

/// <summary>Requests that Flagger 1.44.0 sent, one a line: where to, a blank, the body.</summary>
internal static class Recorded
{
    public static IEnumerable<(string Path, string Body)> Read(string name)
    {
        using var stream = typeof(Recorded).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            var end = line.IndexOf(' ', StringComparison.Ordinal);
            yield return (line[..end], line[(end + 1)..]);
        }
    }
}

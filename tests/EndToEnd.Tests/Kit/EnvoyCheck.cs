using XdsCanary.TestKit;
using XdsCanary.TestKit.Processes;

namespace XdsCanary.EndToEnd.Tests.Kit;

/// <summary>Has a real Envoy judge a configuration.</summary>
internal static class EnvoyCheck
{
    /// <summary>Fails unless Envoy loads a bootstrap file without a word of complaint.</summary>
    public static async Task AssertAcceptedAsync(string path)
    {
        var (exitCode, output) = await ChildProcess.RunAsync(Tool.Find("envoy"), ["--mode", "validate", "-c", path]);

        Assert.True(exitCode == 0, output);
        Assert.DoesNotContain(output.Split('\n'), IsComplaint);
    }

    private static bool IsComplaint(string line) =>
        line.Contains("][warning]", StringComparison.Ordinal)
        || line.Contains("][error]", StringComparison.Ordinal)
        || line.Contains("][critical]", StringComparison.Ordinal);
}

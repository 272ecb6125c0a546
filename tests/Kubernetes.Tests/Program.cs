using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;
using XdsCanary.TestKit.Cluster;

namespace XdsCanary.Kubernetes.Tests;

/// <summary>
/// Runs the tests in a network, with mounts and processes, of their own: a cluster gives its pods and services addresses, which
/// no other program on the machine may see or disturb.
/// </summary>
internal static class Program
{
    private static readonly string[] PlatformArguments = ["--server", "--internal-msbuild-node"];

    public static Task<int> Main(string[] arguments)
    {
        // Comes back only where that is not possible; the tests then say why they are skipped.
        PrivateNetwork.Enter();

        // As the entry point does that xunit.v3 generates.
        return arguments.Any(PlatformArguments.Contains)
            ? TestPlatformTestFramework.RunAsync(arguments, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
            : ConsoleRunner.Run(arguments);
    }
}

using System.CommandLine;

namespace XdsCanary.XdsServer.CommandLine;

/// <summary><c>xds-canary demo</c>: shows the product at work on this machine.</summary>
internal static class DemoCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build() => new("demo", "Show a traffic split at work on this machine, with live traffic.");
}

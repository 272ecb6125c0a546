namespace XdsCanary.XdsServer.CommandLine;

/// <summary>What the process's exit code says.</summary>
internal static class ExitCodes
{
    /// <summary>All went well.</summary>
    public const int Success = 0;

    /// <summary>The command worked and found fault: a bad manifest, a demo that did not behave, a server that failed.</summary>
    public const int Failure = 1;

    /// <summary>The command was called wrongly: an unknown option, a missing file, a setting out of range.</summary>
    public const int Usage = 2;

    /// <summary>The table for <c>--help</c>.</summary>
    public const string Help = "Exit codes: 0 success; 1 fault found or failed; 2 called wrongly.";
}

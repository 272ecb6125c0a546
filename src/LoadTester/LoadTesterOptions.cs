using System.Net;

namespace XdsCanary.LoadTester;

/// <summary>Settings of the load tester.</summary>
public sealed record LoadTesterOptions
{
    /// <summary>The address to listen on. Loopback unless told otherwise: whoever can reach it can run what is allowed.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>The port; 0 for any free one.</summary>
    public int Port { get; init; } = 9090;

    /// <summary>The commands that tasks may run: a program's name, or a program with its first arguments. Empty: none.</summary>
    public IReadOnlyList<string> Allow { get; init; } = [];

    /// <summary>Tasks may run anything, by a shell.</summary>
    public bool AllowBash { get; init; }

    /// <summary>Only payloads of namespaces that this expression finds are taken; empty: of all.</summary>
    public string NamespaceRegexp { get; init; } = string.Empty;

    /// <summary>How long a task may take; then it is killed with everything that it started.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The file that keeps the gates over a restart; null to forget them.</summary>
    public string? StateFile { get; init; }
}

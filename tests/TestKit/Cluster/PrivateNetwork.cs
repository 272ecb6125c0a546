using System.Diagnostics;
using System.Runtime.InteropServices;

namespace XdsCanary.TestKit.Cluster;

/// <summary>
/// Linux namespaces for a test program and all it starts: a network in which every address of pods and services is local, mounts
/// of its own for <c>/etc</c>, <c>/run</c> and temporary files, and processes that end with it. Nothing of that outlives the
/// program, however it ends: the kernel takes it away.
/// </summary>
public static partial class PrivateNetwork
{
    private const string InsideVariable = "XDSCANARY_PRIVATE_NETWORK";
    private const int BrokenPipeSignal = 13;

    // The first that works. A namespace for users gives a plain user the right to make the others, but some sandboxes forbid it
    // to root; others do not let a new /proc be mounted, which a namespace for processes needs.
    private static readonly string[][] Ways =
    [
        ["-rnmp", "--fork", "--kill-child", "--mount-proc"],
        ["-nmp", "--fork", "--kill-child", "--mount-proc"],
        ["-rnm", "--fork", "--kill-child"],
        ["-nm", "--fork", "--kill-child"],
    ];

    private static string _fault = "it was not asked to enter one";

    /// <summary>True where each pod can have a network of its own; else all pods share the program's.</summary>
    public static bool HasPodNetworks => Environment.GetEnvironmentVariable(InsideVariable) == "bridged";

    /// <summary>The addresses of Services: all of them local in here, for anyone to listen at.</summary>
    public static string ServiceNetwork => "10.96.0.0/16";

    /// <summary>Where a program finds names; a file that is seen in here only.</summary>
    public static string HostsFile => "/etc/hosts";

    /// <summary>True in a program that runs in its own network.</summary>
    public static bool IsInside => Environment.GetEnvironmentVariable(InsideVariable) is { Length: > 0 };

    /// <summary>
    /// Replaces this program by one that runs inside, with the same arguments, standard streams and process id, and whose exit code
    /// becomes this one's. Returns when it is inside already, or when this machine does not allow it.
    /// </summary>
    public static void Enter()
    {
        if (IsInside)
        {
            return;
        }

        if (!OperatingSystem.IsLinux())
        {
            _fault = "only Linux has network namespaces";
            return;
        }

        if (Tool.TryFind("unshare") is not { } unshare)
        {
            _fault = "'unshare' is not on PATH (Debian: `apt-get install util-linux`)";
            return;
        }

        foreach (var way in Ways)
        {
            string[] command = [.. way, "--", "/bin/sh", "-c", NetworkScript.Text, "private-network"];
            if (Refusal(unshare, [.. command, "true"]) is { } refusal)
            {
                _fault = refusal;
                continue;
            }

            Replace(unshare, [.. command, Environment.ProcessPath!, .. OwnArguments()]);
        }
    }

    /// <summary>Ends the test, skipped or failed, unless it runs inside and all named programs are on PATH.</summary>
    /// <param name="programs">Their file names.</param>
    public static void Require(params ReadOnlySpan<string> programs)
    {
        foreach (var program in programs)
        {
            Tool.Find(program);
        }

        if (!IsInside)
        {
            Tool.Refuse($"This test needs a network namespace: {_fault}.");
        }
    }

    /// <summary>Tries a command. Null when it worked; else what it said.</summary>
    private static string? Refusal(string unshare, IEnumerable<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(unshare, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        process.StandardInput.Close();
        var said = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? null : $"`unshare` ended with {process.ExitCode}: {said.ReplaceLineEndings(" ").Trim()}";
    }

    // All but the program's own name; behind `dotnet` there are more than Main gets.
    private static string[] OwnArguments() => File.ReadAllText("/proc/self/cmdline").TrimEnd('\0').Split('\0')[1..];

    private static void Replace(string program, string[] arguments)
    {
        // The runtime ignores it, which a new program would inherit.
        Signal(BrokenPipeSignal, 0);
        Execute(program, [program, .. arguments, null]);
        _fault = $"`{program}` could not be executed: {Marshal.GetLastPInvokeErrorMessage()}";
    }

    [LibraryImport("libc", EntryPoint = "execv", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Execute(string path, string?[] arguments);

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint Signal(int signal, nint handler);
}

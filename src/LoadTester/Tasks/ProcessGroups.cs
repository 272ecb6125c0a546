using System.Diagnostics;
using System.Runtime.InteropServices;

namespace XdsCanary.LoadTester.Tasks;

/// <summary>Starts programs in a process group of their own and ends whole groups, so that no grandchild outlives its task.</summary>
internal static partial class ProcessGroups
{
    private const int SigKill = 9;
    private static readonly string[] SetSidPlaces = ["/usr/bin/setsid", "/bin/setsid"];
    private static readonly string? SetSid = Array.Find(SetSidPlaces, File.Exists);

    /// <summary>How to start a program.</summary>
    /// <param name="words">The program and its arguments.</param>
    public static ProcessStartInfo StartInfo(IReadOnlyList<string> words)
    {
        IEnumerable<string> all = SetSid is null ? words : words.Prepend(SetSid);
        return new ProcessStartInfo(all.First(), all.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
    }

    /// <summary>Ends a program and everything that it started.</summary>
    /// <param name="process">The program.</param>
    public static void Kill(Process process)
    {
        if (SetSid is not null)
        {
            // The group lives on while one of its processes does, even when the first is gone.
            _ = KillProcess(-process.Id, SigKill);
        }

        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int KillProcess(int id, int signal);
}

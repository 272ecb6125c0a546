using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace XdsCanary.KubeRuntime.Standalone;

/// <summary>What came of asking for a lease.</summary>
internal enum LeaseResult
{
    /// <summary>Nobody has the file open for writing, and whoever wants to waits until the handle is closed.</summary>
    Granted,

    /// <summary>Somebody has the file open for writing.</summary>
    Refused,

    /// <summary>The system has no leases for this file: not Linux, not the file's owner, a network file system.</summary>
    Unavailable,
}

/// <summary>
/// A read lease (fcntl(2), F_SETLEASE). Events tell that a writer closed the file, but the next one may have opened and truncated
/// it before we read, and its event comes only after. With a lease the answer is exact.
/// </summary>
internal static partial class ReadLease
{
    private const int SetLease = 1024;
    private const int SetSignal = 10;
    private const int ReadLock = 0;
    private const int TryAgain = 11;

    // A writer that waits for the lease makes the kernel signal us. By default that is SIGIO, which ends a process; SIGURG is
    // ignored unless somebody asks for it.
    private const int SignalUrgent = 23;

    /// <summary>Takes a lease that ends when the handle is closed. Hold it for the time of one reading only.</summary>
    /// <param name="file">The file, open for reading only.</param>
    public static LeaseResult Take(SafeFileHandle file)
    {
        if (!OperatingSystem.IsLinux() || Control(file, SetSignal, SignalUrgent) != 0)
        {
            return LeaseResult.Unavailable;
        }

        if (Control(file, SetLease, ReadLock) == 0)
        {
            return LeaseResult.Granted;
        }

        return Marshal.GetLastPInvokeError() == TryAgain ? LeaseResult.Refused : LeaseResult.Unavailable;
    }

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(SafeFileHandle file, int command, int argument);
}

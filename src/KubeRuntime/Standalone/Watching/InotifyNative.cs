using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace XdsCanary.KubeRuntime.Standalone.Watching;

/// <summary>The system calls of Linux that the watch needs.</summary>
internal static partial class InotifyNative
{
    /// <summary>Do not wait in reads, close on exec: for <see cref="Init"/>.</summary>
    public const int InitFlags = 0x800 | 0x80000;

    /// <summary>Wait for input.</summary>
    public const short PollIn = 1;

    /// <summary>The call was interrupted by a signal.</summary>
    public const int Interrupted = 4;

    /// <summary>Errors that concern one directory only: it is not there, is none, or may not be read.</summary>
    public static readonly int[] DirectoryErrors = [2, 20, 13];

    /// <summary>inotify_init1(2).</summary>
    [LibraryImport("libc", EntryPoint = "inotify_init1", SetLastError = true)]
    public static partial SafeFileHandle Init(int flags);

    /// <summary>inotify_add_watch(2): gives the number of the watch, the same for the same directory.</summary>
    [LibraryImport("libc", EntryPoint = "inotify_add_watch", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int AddWatch(SafeFileHandle inotify, string path, uint mask);

    /// <summary>inotify_rm_watch(2).</summary>
    [LibraryImport("libc", EntryPoint = "inotify_rm_watch", SetLastError = true)]
    public static partial int RemoveWatch(SafeFileHandle inotify, int watch);

    /// <summary>eventfd(2): a counter that a thread can wait for together with other files.</summary>
    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static partial SafeFileHandle EventFd(uint initial, int flags);

    /// <summary>read(2).</summary>
    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(SafeFileHandle file, Span<byte> buffer, nint count);

    /// <summary>write(2).</summary>
    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(SafeFileHandle file, ReadOnlySpan<byte> buffer, nint count);

    /// <summary>poll(2).</summary>
    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(Span<PollFd> files, nuint count, int timeoutMilliseconds);

    /// <summary>struct pollfd.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PollFd
    {
        /// <summary>The file descriptor.</summary>
        public int File;

        /// <summary>What to wait for.</summary>
        public short Events;

        /// <summary>What came.</summary>
        public short Returned;
    }
}

using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.KubeRuntime.Standalone.Watching;

/// <summary>
/// Follows directories with Linux's inotify. A thread of its own waits for events, so that a file is read within a millisecond or
/// so of its closing; everything else runs on the owner's loop. All access to the events is under one lock.
/// </summary>
internal sealed class InotifyDirectoryWatch : IDirectoryWatch
{
    private const InotifyMask Wanted = InotifyMask.Modify | InotifyMask.Attributes | InotifyMask.CloseWrite
        | InotifyMask.MovedFrom | InotifyMask.MovedTo | InotifyMask.Create | InotifyMask.Delete
        | InotifyMask.DeleteSelf | InotifyMask.MoveSelf | InotifyMask.OnlyDirectory;

    private readonly Lock _lock = new();
    private readonly WatchedDirectories _directories = new();
    private readonly EventAccumulator _events = new();
    private readonly ChangeSignal _news = new();
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly TimeProvider _timeProvider;
    private readonly SafeFileHandle _inotify;
    private readonly SafeFileHandle _stop;
    private readonly Thread _thread;

    /// <summary>Sets inotify up.</summary>
    /// <param name="rescanInterval">How long until a look is due even if nothing is announced.</param>
    /// <param name="timeProvider">The clock for waits.</param>
    /// <exception cref="Win32Exception">The system refuses, mostly because a limit is reached.</exception>
    public InotifyDirectoryWatch(TimeSpan rescanInterval, TimeProvider timeProvider)
    {
        LookInterval = rescanInterval;
        _timeProvider = timeProvider;
        _inotify = Opened(InotifyNative.Init(InotifyNative.InitFlags));
        _stop = Opened(InotifyNative.EventFd(0, InotifyNative.InitFlags));
        _thread = new Thread(Watch) { IsBackground = true, Name = "manifest-watch" };
        _thread.Start();
    }

    /// <inheritdoc/>
    public TimeSpan LookInterval { get; }

    /// <inheritdoc/>
    /// <remarks>Such a difference means a lost event or a writer on another machine; there is no hurry, but a risk.</remarks>
    public TimeSpan UnannouncedSettleTime => LookInterval;

    /// <inheritdoc/>
    /// <remarks>
    /// Concerns files that were opened in the moment between the making of a directory and its watch. Their closing is announced
    /// in most cases; this is for those that were closed in that moment too.
    /// </remarks>
    public TimeSpan NewDirectorySettleTime => TimeSpan.FromMilliseconds(200);

    /// <inheritdoc/>
    public FollowResult Follow(IReadOnlyCollection<ListedDirectory> directories)
    {
        lock (_lock)
        {
            // All of them each time: the call is cheap, and tells by its answer that another directory took the path.
            var isAdded = false;
            var followed = new HashSet<string>(StringComparer.Ordinal);
            foreach (var directory in directories)
            {
                var watch = InotifyNative.AddWatch(_inotify, directory.FullPath, (uint)Wanted);
                if (watch >= 0)
                {
                    followed.Add(directory.Path);
                    isAdded |= _directories.Set(directory.Path, watch);
                }
                else if (!InotifyNative.DirectoryErrors.Contains(Marshal.GetLastPInvokeError()))
                {
                    return FollowResult.Exhausted;
                }
            }

            foreach (var unused in _directories.Keep(followed))
            {
                // Fails when the directory was deleted and its watch with it, which is as good.
                _ = InotifyNative.RemoveWatch(_inotify, unused);
            }

            return isAdded ? FollowResult.Added : FollowResult.Unchanged;
        }
    }

    /// <inheritdoc/>
    public async Task WaitAsync(TimeSpan maxWait, CancellationToken cancellationToken)
    {
        var seen = _news.Version;
        lock (_lock)
        {
            if (_events.HasNews)
            {
                return;
            }
        }

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var wait = maxWait < TimeSpan.Zero ? TimeSpan.Zero : maxWait;
        await Task.WhenAny(_news.WaitAsync(seen, ended.Token), Task.Delay(wait, _timeProvider, ended.Token));
        await ended.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <inheritdoc/>
    public WatchBatch Take()
    {
        lock (_lock)
        {
            ReadEvents();
            return _events.Take();
        }
    }

    /// <inheritdoc/>
    public IReadOnlySet<string> WrittenSinceTake()
    {
        lock (_lock)
        {
            ReadEvents();
            return _events.WrittenSinceTake;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_stop.IsClosed)
        {
            InotifyNative.Write(_stop, BitConverter.GetBytes(1UL), sizeof(ulong));
            _thread.Join();
            _stop.Dispose();
            _inotify.Dispose();
        }
    }

    private static SafeFileHandle Opened(SafeFileHandle handle)
    {
        if (handle.IsInvalid)
        {
            var error = Marshal.GetLastPInvokeError();
            handle.Dispose();
            throw new Win32Exception(error);
        }

        return handle;
    }

    private void Watch()
    {
        // The handles live until this thread is joined, so their numbers may be used as they are.
        Span<InotifyNative.PollFd> files =
        [
            new() { File = (int)_inotify.DangerousGetHandle(), Events = InotifyNative.PollIn },
            new() { File = (int)_stop.DangerousGetHandle(), Events = InotifyNative.PollIn },
        ];
        while (true)
        {
            var ready = InotifyNative.Poll(files, (nuint)files.Length, timeoutMilliseconds: -1);
            if (ready < 0 && Marshal.GetLastPInvokeError() != InotifyNative.Interrupted)
            {
                return;
            }

            if (files[1].Returned != 0)
            {
                return;
            }

            bool hasNews;
            lock (_lock)
            {
                ReadEvents();
                hasNews = _events.HasNews;
            }

            if (hasNews)
            {
                _news.Raise();
            }
        }
    }

    /// <summary>Empties the kernel's queue, so that a burst of events makes one batch.</summary>
    private void ReadEvents()
    {
        for (var length = ReadOnce(); length > 0; length = ReadOnce())
        {
            foreach (var found in InotifyEvent.ParseAll(_buffer.AsSpan(0, length)))
            {
                _events.Add(found, _directories.PathsOf(found.Watch));
                if (found.Mask.HasFlag(InotifyMask.Ignored))
                {
                    _directories.Forget(found.Watch);
                }
            }
        }
    }

    private int ReadOnce() => (int)InotifyNative.Read(_inotify, _buffer, _buffer.Length);
}

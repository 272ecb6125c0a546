using System.Text;

namespace XdsCanary.KubeRuntime.Standalone.Watching;

/// <summary>What an event is about; the values are those of the kernel (inotify(7)).</summary>
[Flags]
internal enum InotifyMask : uint
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A file was written to or cut off.</summary>
    Modify = 0x2,

    /// <summary>Permissions, times or owner changed.</summary>
    Attributes = 0x4,

    /// <summary>A file that was open for writing was closed.</summary>
    CloseWrite = 0x8,

    /// <summary>An entry left the directory.</summary>
    MovedFrom = 0x40,

    /// <summary>An entry came into the directory.</summary>
    MovedTo = 0x80,

    /// <summary>An entry was made.</summary>
    Create = 0x100,

    /// <summary>An entry was deleted.</summary>
    Delete = 0x200,

    /// <summary>The watched directory was deleted.</summary>
    DeleteSelf = 0x400,

    /// <summary>The watched directory was moved.</summary>
    MoveSelf = 0x800,

    /// <summary>The file system was unmounted.</summary>
    Unmount = 0x2000,

    /// <summary>Events were lost because nobody read them in time.</summary>
    QueueOverflow = 0x4000,

    /// <summary>The watch is gone.</summary>
    Ignored = 0x8000,

    /// <summary>Watch only directories (a flag for adding).</summary>
    OnlyDirectory = 0x0100_0000,

    /// <summary>The entry is a directory (a flag of events).</summary>
    IsDirectory = 0x4000_0000,
}

/// <summary>One event as the kernel wrote it.</summary>
/// <param name="Watch">The watch's number; -1 for an overflow.</param>
/// <param name="Mask">What happened.</param>
/// <param name="Cookie">Joins the two halves of a move; 0 for other events.</param>
/// <param name="Name">The entry's name; empty when it is about the directory itself.</param>
internal readonly record struct InotifyEvent(int Watch, InotifyMask Mask, uint Cookie, string Name)
{
    // struct inotify_event: int wd; uint32_t mask; uint32_t cookie; uint32_t len; char name[len].
    private const int HeaderLength = 16;

    /// <summary>Reads the events of a buffer. The kernel never splits one.</summary>
    public static List<InotifyEvent> ParseAll(ReadOnlySpan<byte> buffer)
    {
        var events = new List<InotifyEvent>();
        while (buffer.Length >= HeaderLength)
        {
            var nameLength = (int)BitConverter.ToUInt32(buffer[12..]);
            var name = buffer.Slice(HeaderLength, nameLength);
            var end = name.IndexOf((byte)0);
            events.Add(new InotifyEvent(
                BitConverter.ToInt32(buffer),
                (InotifyMask)BitConverter.ToUInt32(buffer[4..]),
                BitConverter.ToUInt32(buffer[8..]),
                Encoding.UTF8.GetString(end < 0 ? name : name[..end])));
            buffer = buffer[(HeaderLength + nameLength)..];
        }

        return events;
    }
}

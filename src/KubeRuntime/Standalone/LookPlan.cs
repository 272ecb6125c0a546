using System.Collections.Immutable;
using XdsCanary.KubeRuntime.Standalone.Watching;

namespace XdsCanary.KubeRuntime.Standalone;

/// <summary>A file as it was when it was read last.</summary>
/// <param name="Stamp">Its stamp, taken before reading.</param>
/// <param name="IsUnreadable">True when reading it failed; then each look tries again.</param>
internal readonly record struct KnownFile(FileStamp Stamp, bool IsUnreadable);

/// <summary>A file that differs but may still be written to.</summary>
/// <param name="Stamp">How it looked.</param>
/// <param name="Since">When it was first seen so, on a clock that counts from the start.</param>
/// <param name="Settle">How long it must stay so.</param>
internal readonly record struct PendingFile(FileStamp Stamp, TimeSpan Since, TimeSpan Settle)
{
    /// <summary>When it may be read if it stays as it is.</summary>
    public TimeSpan Due => Since + Settle;
}

/// <summary>What a look at the directory was like.</summary>
/// <param name="Tree">What was found.</param>
/// <param name="Batch">What the watch announced.</param>
/// <param name="Settle">How long a file must stay the same when nothing was announced about it; zero reads everything.</param>
/// <param name="KeepsAbsent">True while files that are not there must not count as deleted.</param>
/// <param name="Now">The time, to compare with files' times.</param>
/// <param name="Elapsed">The time on a clock that counts from the start.</param>
internal sealed record LookInput(
    ManifestTree Tree,
    WatchBatch Batch,
    TimeSpan Settle,
    bool KeepsAbsent,
    DateTimeOffset Now,
    TimeSpan Elapsed);

/// <summary>Decides which files to read after a look at the directory. Pure.</summary>
/// <param name="Read">The files to read now, with the stamps to remember.</param>
/// <param name="Gone">The files that were deleted.</param>
/// <param name="Pending">The files to look at again.</param>
internal sealed record LookPlan(
    ImmutableSortedDictionary<string, FileStamp> Read,
    ImmutableArray<string> Gone,
    ImmutableDictionary<string, PendingFile> Pending)
{
    /// <summary>
    /// Decides. The rule is that half of a file is never read: a file is read when its writer is known to be done with it, or
    /// when nothing is known of a writer and the file stayed the same for long enough.
    /// </summary>
    public static LookPlan Decide(
        ImmutableDictionary<string, KnownFile> known,
        ImmutableDictionary<string, PendingFile> pending,
        LookInput input)
    {
        var read = ImmutableSortedDictionary.CreateBuilder<string, FileStamp>(StringComparer.Ordinal);
        var stillPending = input.Tree.IsComplete
            ? ImmutableDictionary.CreateBuilder<string, PendingFile>(StringComparer.Ordinal)
            : pending.ToBuilder();
        foreach (var (path, stamp) in input.Tree.Files)
        {
            stillPending.Remove(path);
            var isRead = IsRead(known, path, stamp, input) && !pending.ContainsKey(path);
            if (isRead || input.Batch.BeingWritten.Contains(path))
            {
                continue;
            }

            var wait = Wait(pending, path, stamp, input);
            if (wait is null || IsComplete(known, path, stamp, input))
            {
                read[path] = stamp;
            }
            else
            {
                stillPending[path] = wait.Value;
            }
        }

        var gone = input.Tree is { IsComplete: true, Exists: true } && !input.KeepsAbsent
            ? known.Keys.Where(path => IsGone(path, input.Tree)).ToImmutableArray()
            : [];
        return new LookPlan(read.ToImmutable(), gone, stillPending.ToImmutable());
    }

    private static bool IsRead(
        ImmutableDictionary<string, KnownFile> known, string path, FileStamp stamp, LookInput input) =>
        known.TryGetValue(path, out var file)
            && file.Stamp == stamp
            && !file.IsUnreadable
            && !IsAnnounced(path, input.Batch);

    private static bool IsComplete(
        ImmutableDictionary<string, KnownFile> known, string path, FileStamp stamp, LookInput input)
    {
        if (IsAnnounced(path, input.Batch))
        {
            return true;
        }

        // A link is made or turned in one step, and what it leads to is made before.
        return known.TryGetValue(path, out var file)
            ? file.IsUnreadable || file.Stamp.RealPath != stamp.RealPath
            : stamp.IsLinked;
    }

    private static bool IsAnnounced(string path, WatchBatch batch)
    {
        if (batch.Complete.Count == 0)
        {
            return false;
        }

        for (var part = path; part.Length > 0; part = part[..Math.Max(0, part.LastIndexOf('/'))])
        {
            if (batch.Complete.Contains(part))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>How long the file has to stay as it is; null when it did already.</summary>
    private static PendingFile? Wait(
        ImmutableDictionary<string, PendingFile> pending, string path, FileStamp stamp, LookInput input)
    {
        var next = new PendingFile(stamp, input.Elapsed, input.Settle);
        if (pending.TryGetValue(path, out var before))
        {
            var settle = before.Settle < input.Settle ? before.Settle : input.Settle;
            next = new PendingFile(stamp, before.Stamp == stamp ? before.Since : input.Elapsed, settle);
        }

        return input.Elapsed >= next.Due || input.Now - stamp.Modified >= next.Settle ? null : next;
    }

    private static bool IsGone(string path, ManifestTree tree) =>
        !tree.Files.ContainsKey(path)
            && !tree.Unreadable.Keys.Any(unreadable => ManifestPaths.IsAtOrBelow(path, unreadable));
}

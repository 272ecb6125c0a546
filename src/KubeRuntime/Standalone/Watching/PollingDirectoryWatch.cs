using System.Collections.Immutable;

namespace XdsCanary.KubeRuntime.Standalone.Watching;

/// <summary>
/// Asks for a look at intervals. Nobody says when a writer is done, so a file counts as written when it stayed the same for an
/// interval.
/// </summary>
internal sealed class PollingDirectoryWatch(TimeSpan interval, TimeProvider timeProvider) : IDirectoryWatch
{
    private bool _ticked;

    /// <inheritdoc/>
    public TimeSpan UnannouncedSettleTime => interval;

    /// <inheritdoc/>
    public TimeSpan NewDirectorySettleTime => interval;

    /// <inheritdoc/>
    public TimeSpan LookInterval => interval;

    /// <inheritdoc/>
    public FollowResult Follow(IReadOnlyCollection<ListedDirectory> directories) => FollowResult.Unchanged;

    /// <inheritdoc/>
    public async Task WaitAsync(TimeSpan maxWait, CancellationToken cancellationToken)
    {
        var wait = maxWait < interval ? maxWait : interval;
        await Task.Delay(wait < TimeSpan.Zero ? TimeSpan.Zero : wait, timeProvider, cancellationToken);
        _ticked = true;
    }

    /// <inheritdoc/>
    public WatchBatch Take()
    {
        var batch = _ticked ? new WatchBatch { NeedsWalk = true } : WatchBatch.None;
        _ticked = false;
        return batch;
    }

    /// <inheritdoc/>
    public IReadOnlySet<string> WrittenSinceTake() => ImmutableHashSet<string>.Empty;

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}

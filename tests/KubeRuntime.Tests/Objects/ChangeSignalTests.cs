using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.KubeRuntime.Tests.Objects;

public sealed class ChangeSignalTests
{
    [Fact]
    public void WaitAsync_after_a_change_that_was_not_seen_completes_at_once()
    {
        var signal = new ChangeSignal();
        var seen = signal.Version;

        signal.Raise();

        Assert.True(signal.WaitAsync(seen, TestContext.Current.CancellationToken).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task WaitAsync_completes_for_all_waiters_on_the_next_change()
    {
        var signal = new ChangeSignal();
        var waiters = Enumerable.Range(0, 3)
            .Select(_ => signal.WaitAsync(signal.Version, TestContext.Current.CancellationToken)).ToList();
        Assert.All(waiters, waiter => Assert.False(waiter.IsCompleted));

        signal.Raise();

        await Task.WhenAll(waiters).WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task WaitAsync_ends_with_its_token()
    {
        var signal = new ChangeSignal();
        using var ended = new CancellationTokenSource();
        var waiter = signal.WaitAsync(signal.Version, ended.Token);

        await ended.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiter);
    }
}

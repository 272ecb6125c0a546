using XdsCanary.XdsServer.Streams;

namespace XdsCanary.XdsServer.Tests.Streams;

public sealed class AsyncSignalTests
{
    [Fact]
    public async Task WaitAsync_SetBefore_CompletesAtOnce()
    {
        var signal = new AsyncSignal();
        signal.Set();
        signal.Set();

        await signal.WaitAsync();

        var next = signal.WaitAsync().AsTask();
        Assert.False(next.IsCompleted);
        signal.Set();
        await next;
    }

    [Fact]
    public async Task WaitAsync_SetWhileWaiting_CompletesOnce()
    {
        var signal = new AsyncSignal();
        var wait = signal.WaitAsync().AsTask();
        signal.Set();
        signal.Set();

        await wait;

        // The second call came before the loop went on, so there is nothing left to wake it for.
        Assert.False(signal.WaitAsync().AsTask().IsCompleted);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task WaitAsync_ManySetters_NoWakeUpIsLost(int setters)
    {
        const int Rounds = 50_000;
        var signal = new AsyncSignal();
        var counters = new int[setters];
        var token = TestContext.Current.CancellationToken;

        var setting = Enumerable.Range(0, setters).Select(setter => Task.Run(
            () =>
            {
                for (var i = 1; i <= Rounds; i++)
                {
                    Volatile.Write(ref counters[setter], i);
                    signal.Set();
                }
            },
            token)).ToArray();
        // Were a wake-up lost, the loop would wait for ever with a counter unseen.
        while (counters.Any(count => Volatile.Read(ref count) < Rounds))
        {
            await signal.WaitAsync().AsTask().WaitAsync(token);
        }

        await Task.WhenAll(setting);
    }

    [Fact]
    public async Task WaitAsync_OneAfterAnother_EverySetIsSeen()
    {
        var (ping, pong) = (new AsyncSignal(), new AsyncSignal());
        var token = TestContext.Current.CancellationToken;
        var value = 0;
        var other = Task.Run(
            async () =>
            {
                for (var i = 1; i <= 20_000; i++)
                {
                    await ping.WaitAsync();
                    Assert.Equal(i, Volatile.Read(ref value));
                    pong.Set();
                }
            },
            token);

        for (var i = 1; i <= 20_000; i++)
        {
            Volatile.Write(ref value, i);
            ping.Set();
            await pong.WaitAsync().AsTask().WaitAsync(token);
        }

        await other;
    }
}

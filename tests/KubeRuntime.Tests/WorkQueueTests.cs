using Microsoft.Extensions.Time.Testing;

namespace XdsCanary.KubeRuntime.Tests;

public sealed class WorkQueueTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly FakeTimeProvider _time = new();
    private readonly WorkQueue<string> _queue;

    public WorkQueueTests() => _queue = new WorkQueue<string>(_time);

    [Fact]
    public async Task A_key_waits_once_at_the_earliest_time_asked_for()
    {
        _queue.AddAt("a", After(10));
        _queue.AddAt("a", After(5));
        _queue.AddAt("a", After(20));
        var taken = TakeAsync();
        Assert.False(taken.IsCompleted);

        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal("a", (await taken.WaitAsync(Limit, TestContext.Current.CancellationToken)).Key);
        _queue.Done("a", null);
        Assert.Equal(0, _queue.Count);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.False(TakeAsync().IsCompleted);
    }

    [Fact]
    public async Task A_key_in_work_is_not_handed_out_and_what_is_asked_for_meanwhile_counts_afterwards()
    {
        _queue.Add("a");
        await TakeAsync();
        _queue.Add("a");
        var again = TakeAsync();
        Assert.False(again.IsCompleted);

        _queue.Done("a", After(60));

        Assert.Equal("a", (await again.WaitAsync(Limit, TestContext.Current.CancellationToken)).Key);
    }

    [Fact]
    public async Task An_earlier_key_wakes_many_takers_and_each_key_goes_to_one()
    {
        _queue.AddAt("late", After(60));
        var takers = Enumerable.Range(0, 4).Select(_ => TakeAsync()).ToList();

        foreach (var key in (string[])["a", "b", "c"])
        {
            _queue.AddAt(key, After(1));
        }

        _time.Advance(TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(59));

        var taken = await Task.WhenAll(takers).WaitAsync(Limit, TestContext.Current.CancellationToken);
        Assert.Equal(["a", "b", "c", "late"], taken.Select(item => item.Key).Order());
    }

    private DateTimeOffset After(int seconds) => _time.GetUtcNow() + TimeSpan.FromSeconds(seconds);

    private Task<(string Key, DateTimeOffset Due)> TakeAsync() => _queue.TakeAsync(TestContext.Current.CancellationToken);
}

using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Reconcile;

namespace XdsCanary.CanaryEngine.Tests.Reconcile;

/// <summary>What is left for looks while there are many canaries.</summary>
public sealed class LookBudgetTests
{
    private const int PerSecond = 100;

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly LookBudget _budget = new(PerSecond);

    [Fact]
    public void Few_canaries_look_as_often_as_they_want() => Assert.Equal(Pause, LongestPause(canaries: 150));

    [Fact]
    public void Many_canaries_look_as_often_as_there_is_time_for()
    {
        var pause = LongestPause(canaries: 1000);

        Assert.InRange(pause.TotalSeconds, 9.9, 10.1);
    }

    [Fact]
    public void Check_is_never_later_than_it_is_due()
    {
        Exhaust();
        var check = Start + TimeSpan.FromSeconds(3);

        Assert.Equal(check, _budget.NextRound(Result(check, check), Start));
        Assert.Equal(check, _budget.NextRound(Result(Start + Pause, check), Start));
    }

    [Fact]
    public void What_follows_at_once_and_what_only_a_change_wakes_are_left_alone()
    {
        Exhaust();

        Assert.Equal(Start, _budget.NextRound(Result(Start, check: null), Start));
        Assert.Null(_budget.NextRound(Result(due: null, check: null), Start));
    }

    [Fact]
    public void Time_that_was_not_used_is_not_saved_up()
    {
        _budget.NextRound(Result(Start + Pause, check: null), Start);
        var later = Start + TimeSpan.FromHours(1);

        var granted = Enumerable.Range(0, 1000).Select(_ => _budget.NextRound(Result(later + Pause, check: null), later)).Max();

        Assert.Equal(later + TimeSpan.FromSeconds(9.99), granted);
    }

    private void Exhaust()
    {
        for (var looks = 0; looks < 100 * PerSecond; looks++)
        {
            _budget.NextRound(Result(Start + Pause, check: null), Start);
        }
    }

    // All begin at once and look again and again; what counts is how long one waits once that has settled.
    private TimeSpan LongestPause(int canaries)
    {
        var order = new PriorityQueue<DateTimeOffset, DateTimeOffset>(
            Enumerable.Repeat((Start, Start), canaries));
        var longest = TimeSpan.Zero;
        while (order.Dequeue() is var now && now < Start + TimeSpan.FromMinutes(2))
        {
            var next = _budget.NextRound(Result(now + Pause, check: null), now)!.Value;
            longest = now > Start + TimeSpan.FromMinutes(1) && next - now > longest ? next - now : longest;
            order.Enqueue(next, next);
        }

        return longest;
    }

    private static RoundResult Result(DateTimeOffset? due, DateTimeOffset? check) =>
        new(CanaryStatus.Empty with { NextCheck = check }, due, string.Empty);
}

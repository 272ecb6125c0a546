using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Reconcile;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Tests.Reconcile;

/// <summary>What is left for looks while there are many canaries.</summary>
public sealed class LookBudgetTests
{
    private const int PerSecond = 100;

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private static readonly NamespacedName Other = new("test", "other");

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

        Assert.Equal(check, _budget.NextRound(EngineSamples.Web, Result(check, check), Start));
        Assert.Equal(check, _budget.NextRound(EngineSamples.Web, Result(Start + Pause, check), Start));
    }

    [Fact]
    public void What_follows_at_once_and_what_only_a_change_wakes_are_left_alone()
    {
        Exhaust();

        Assert.Equal(Start, _budget.NextRound(EngineSamples.Web, Result(Start, check: null), Start));
        Assert.Null(_budget.NextRound(EngineSamples.Web, Result(due: null, check: null), Start));
    }

    [Fact]
    public void Time_that_was_not_used_is_not_saved_up()
    {
        _budget.NextRound(EngineSamples.Web, Result(Start + Pause, check: null), Start);
        var later = Start + TimeSpan.FromHours(1);

        var granted = Enumerable.Range(0, 1000).Select(_ => _budget.NextRound(EngineSamples.Web, Result(later + Pause, check: null), later)).Max();

        Assert.Equal(later + TimeSpan.FromSeconds(9.99), granted);
    }

    [Fact]
    public void Look_that_is_late_is_put_off_until_there_is_time_or_a_check()
    {
        var (check, due) = (Start + TimeSpan.FromSeconds(30), Start + Pause);
        _budget.NextRound(EngineSamples.Web, Result(due, check), Start);
        var late = due + LookBudget.Tolerance + TimeSpan.FromMilliseconds(1);

        Assert.Null(_budget.PutOff(EngineSamples.Web, due, due + LookBudget.Tolerance));
        Assert.Equal(late, _budget.PutOff(EngineSamples.Web, due, late));
        Exhaust(late);
        Assert.Equal(check, _budget.PutOff(EngineSamples.Web, late, late + TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void Check_or_change_that_is_late_is_not_put_off()
    {
        var check = Start + TimeSpan.FromSeconds(30);
        _budget.NextRound(EngineSamples.Web, Result(Start + Pause, check), Start);
        var change = Start + TimeSpan.FromSeconds(1);

        Assert.Null(_budget.PutOff(EngineSamples.Web, change, change + TimeSpan.FromSeconds(1)));
        Assert.Null(_budget.PutOff(EngineSamples.Web, Start + Pause, check));
        _budget.NextRound(EngineSamples.Web, Result(check, check), Start + Pause);
        Assert.Null(_budget.PutOff(EngineSamples.Web, check, check + TimeSpan.FromSeconds(5)));
    }

    private void Exhaust(DateTimeOffset? at = null)
    {
        for (var looks = 0; looks < 100 * PerSecond; looks++)
        {
            _budget.NextRound(Other, Result((at ?? Start) + Pause, check: null), at ?? Start);
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
            var next = _budget.NextRound(EngineSamples.Web, Result(now + Pause, check: null), now)!.Value;
            longest = now > Start + TimeSpan.FromMinutes(1) && next - now > longest ? next - now : longest;
            order.Enqueue(next, next);
        }

        return longest;
    }

    private static RoundResult Result(DateTimeOffset? due, DateTimeOffset? check) =>
        new(CanaryStatus.Empty with { NextCheck = check }, due, string.Empty);
}

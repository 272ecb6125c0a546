using FsCheck.Xunit;
using XdsCanary.XdsServer.Ingest;

namespace XdsCanary.XdsServer.Tests.Ingest;

public sealed class RebuildSchedulerTests
{
    private static readonly RebuildScheduler Idle = new(At(20), At(200));

    [Fact]
    public void Nothing_is_due_without_a_change()
    {
        Assert.Null(Idle.Due);
        Assert.Null(Idle.Rebuilt(At(5)).Due);
    }

    [Fact]
    public void First_change_is_due_at_once() => Assert.Equal(At(3), Idle.Changed(At(3)).Due);

    [Fact]
    public void Lone_change_after_a_pause_is_due_at_once() =>
        Assert.Equal(At(1020), Idle.Rebuilt(At(1000)).Changed(At(1020)).Due);

    [Fact]
    public void Change_soon_after_a_rebuild_waits_for_the_hold_off() =>
        Assert.Equal(At(1039), Idle.Rebuilt(At(1000)).Changed(At(1019)).Due);

    // Each weight that is applied is followed by the status that says so.
    [Fact]
    public void Change_soon_after_a_rebuild_that_changed_nothing_is_due_at_once()
    {
        var scheduler = Idle.Rebuilt(At(1000)).Ended(At(1001)).Rebuilt(At(1050)).EndedInVain(At(1051));

        Assert.Equal(At(1060), scheduler.Changed(At(1060)).Due);
        Assert.Equal(At(1073), scheduler.Changed(At(1053)).Due);
        Assert.Equal(At(1000), scheduler.LastRebuild);
    }

    // With thousands of canaries a change comes right after each rebuild, which would have the next one begin with its rest over.
    [Fact]
    public void Change_while_the_last_rebuild_is_rested_from_begins_a_burst() =>
        Assert.Equal(At(1220), Idle.Rebuilt(At(1000)).Ended(At(1050)).Changed(At(1051)).Changed(At(1200)).Due);

    [Fact]
    public void Further_changes_put_the_rebuild_off()
    {
        var scheduler = Idle.Rebuilt(At(1000)).Changed(At(1010)).Changed(At(1025));

        Assert.Equal(At(1045), scheduler.Due);
        Assert.Equal(At(1010), scheduler.FirstPending);
    }

    [Fact]
    public void No_change_waits_longer_than_the_maximum()
    {
        var scheduler = Idle.Rebuilt(At(1000));
        for (var now = 1010; now <= 1205; now += 15)
        {
            scheduler = scheduler.Changed(At(now));
        }

        Assert.Equal(At(1210), scheduler.Due);
    }

    [Fact]
    public void Wait_is_never_negative_even_when_the_due_time_has_passed()
    {
        var scheduler = Idle.Rebuilt(At(1000)).Changed(At(1010));

        Assert.Null(Idle.Wait(At(1000)));
        Assert.Equal(At(12), scheduler.Wait(At(1018)));
        Assert.Equal(At(0), scheduler.Wait(At(1030)));
        Assert.Equal(At(0), scheduler.Wait(At(1031)));
    }

    [Fact]
    public void Rebuild_takes_all_changes_with_it()
    {
        var scheduler = Idle.Changed(At(10)).Changed(At(12)).Rebuilt(At(12));

        Assert.Null(scheduler.Due);
        Assert.Null(scheduler.FirstPending);
        Assert.Equal(At(12), scheduler.LastRebuild);
    }

    [Fact]
    public void Without_hold_off_every_change_is_due_at_once()
    {
        var scheduler = new RebuildScheduler(TimeSpan.Zero, TimeSpan.Zero).Rebuilt(At(10)).Changed(At(10));

        Assert.Equal(At(10), scheduler.Due);
    }

    [Property]
    public bool Due_is_never_before_the_last_change_nor_after_the_maximum(byte[] gaps)
    {
        var scheduler = Idle.Rebuilt(At(0));
        var now = TimeSpan.Zero;
        foreach (var gap in gaps)
        {
            now += At(gap);
            if (scheduler.Due <= now)
            {
                scheduler = scheduler.Rebuilt(now);
            }

            scheduler = scheduler.Changed(now);
            if (scheduler.Due > scheduler.FirstPending + scheduler.MaxHoldOff || scheduler.Due < scheduler.FirstPending)
            {
                return false;
            }
        }

        return true;
    }

    private static TimeSpan At(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    [Theory]
    [InlineData(2, 20)]
    [InlineData(100, 300)]
    [InlineData(2000, 1000)]
    public void Large_mesh_is_rebuilt_for_a_quarter_of_the_time_at_most(int took, int rest)
    {
        var started = TimeSpan.FromMinutes(1);
        var ended = started + TimeSpan.FromMilliseconds(took);

        var scheduler = new RebuildScheduler(TimeSpan.FromMilliseconds(20), TimeSpan.FromSeconds(10))
            .Rebuilt(started).Ended(ended).Changed(ended);

        Assert.Equal(TimeSpan.FromMilliseconds(rest), scheduler.Wait(ended));
    }

    [Fact]
    public void Rest_delays_no_change_that_comes_after_it()
    {
        var ended = TimeSpan.FromSeconds(61);
        var scheduler = new RebuildScheduler(TimeSpan.Zero, TimeSpan.FromMilliseconds(500))
            .Rebuilt(TimeSpan.FromMinutes(1)).Ended(ended);

        Assert.Equal(TimeSpan.Zero, scheduler.Changed(ended + TimeSpan.FromSeconds(1)).Wait(ended + TimeSpan.FromSeconds(1)));
    }
}

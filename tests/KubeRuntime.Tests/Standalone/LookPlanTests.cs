using System.Collections.Immutable;
using XdsCanary.KubeRuntime.Standalone;
using XdsCanary.KubeRuntime.Standalone.Watching;

namespace XdsCanary.KubeRuntime.Tests.Standalone;

public sealed class LookPlanTests
{
    private static readonly DateTimeOffset Now = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private ImmutableDictionary<string, KnownFile> _known = ImmutableDictionary<string, KnownFile>.Empty;
    private ImmutableDictionary<string, PendingFile> _pending = ImmutableDictionary<string, PendingFile>.Empty;

    [Fact]
    public void New_file_is_read_when_it_looks_the_same_twice()
    {
        Assert.Empty(Look(0, ("a.yaml", Fresh())).Read);
        Assert.Empty(Look(0.5, ("a.yaml", Fresh())).Read);
        Assert.Equal(["a.yaml"], Look(1, ("a.yaml", Fresh())).Read.Keys);
    }

    [Fact]
    public void New_file_that_goes_on_changing_is_not_read()
    {
        for (var i = 0; i < 5; i++)
        {
            Assert.Empty(Look(i, ("a.yaml", Fresh(length: i))).Read);
        }
    }

    [Fact]
    public void New_file_older_than_the_interval_is_read_at_once() =>
        Assert.Equal(["a.yaml"], Look(0, ("a.yaml", Fresh() with { Modified = Now - Second })).Read.Keys);

    [Fact]
    public void Known_file_that_looks_the_same_is_not_read_again()
    {
        Know("a.yaml", Fresh());

        var plan = Look(5, ("a.yaml", Fresh()));

        Assert.Empty(plan.Read);
        Assert.Empty(plan.Pending);
    }

    [Fact]
    public void Announced_file_is_read_at_once_even_if_it_looks_the_same()
    {
        Know("a.yaml", Fresh());

        Assert.Equal(["a.yaml"], Look(0, new WatchBatch { Complete = ["a.yaml"] }, ("a.yaml", Fresh())).Read.Keys);
    }

    [Fact]
    public void File_below_a_directory_that_was_moved_in_is_read_at_once() => Assert.Equal(
        ["d/e/a.yaml"],
        Look(0, new WatchBatch { Complete = ["d"] }, ("d/e/a.yaml", Fresh()), ("dx/a.yaml", Fresh())).Read.Keys);

    [Fact]
    public void File_being_written_is_never_read()
    {
        var batch = new WatchBatch { BeingWritten = ["a.yaml"], Complete = ["a.yaml"] };

        var plan = Look(100, batch, ("a.yaml", Fresh() with { Modified = Now - TimeSpan.FromHours(1) }));

        Assert.Empty(plan.Read);
        Assert.Empty(plan.Pending);
    }

    [Fact]
    public void Turned_link_and_new_link_are_read_at_once()
    {
        Know("a.yaml", Fresh() with { RealPath = "/old/a.yaml", IsLinked = true });

        var plan = Look(
            0,
            ("a.yaml", Fresh() with { RealPath = "/new/a.yaml", IsLinked = true }),
            ("b.yaml", Fresh() with { IsLinked = true }));

        Assert.Equal(["a.yaml", "b.yaml"], plan.Read.Keys);
    }

    [Fact]
    public void Unreadable_file_is_tried_at_each_look()
    {
        _known = _known.SetItem("a.yaml", new KnownFile(Fresh(), IsUnreadable: true));

        Assert.Equal(["a.yaml"], Look(0, ("a.yaml", Fresh())).Read.Keys);
    }

    [Fact]
    public void Absent_file_is_gone_only_after_a_complete_look_at_a_directory_that_is_there()
    {
        Know("a.yaml", Fresh());
        Know("d/b.yaml", Fresh());

        Assert.Equal(["a.yaml", "d/b.yaml"], Decide(Tree(), WatchBatch.None, 0).Gone.Order(StringComparer.Ordinal));
        Assert.Empty(Decide(Tree() with { IsComplete = false }, WatchBatch.None, 0).Gone);
        Assert.Empty(Decide(Tree() with { Exists = false }, WatchBatch.None, 0).Gone);
        Assert.Empty(Decide(Tree(), WatchBatch.None, 0, keepsAbsent: true).Gone);
        var unreadable = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal).Add("d", "denied");
        Assert.Equal(["a.yaml"], Decide(Tree() with { Unreadable = unreadable }, WatchBatch.None, 0).Gone);
    }

    [Fact]
    public void Look_at_some_files_keeps_the_others_pending()
    {
        Look(0, ("a.yaml", Fresh()), ("b.yaml", Fresh()));

        var plan = Decide(
            Tree(("a.yaml", Fresh())) with { IsComplete = false }, new WatchBatch { Complete = ["a.yaml"] }, 0.1);

        Assert.Equal(["a.yaml"], plan.Read.Keys);
        Assert.Equal(["b.yaml"], plan.Pending.Keys);
    }

    [Fact]
    public void Shorter_settle_time_of_an_earlier_look_stands()
    {
        Look(0, ("a.yaml", Fresh()));

        var input = new LookInput(
            Tree(("a.yaml", Fresh())), WatchBatch.None, TimeSpan.FromSeconds(30), KeepsAbsent: false, Now, Second);

        Assert.Equal(["a.yaml"], LookPlan.Decide(_known, _pending, input).Read.Keys);
    }

    private static FileStamp Fresh(long length = 1) => new(Now, length, "/m/x", IsLinked: false);

    private static ManifestTree Tree(params (string Path, FileStamp Stamp)[] files) => new()
    {
        Exists = true,
        Files = files.ToImmutableDictionary(file => file.Path, file => file.Stamp),
    };

    private void Know(string path, FileStamp stamp) => _known = _known.SetItem(path, new KnownFile(stamp, IsUnreadable: false));

    private LookPlan Look(double seconds, params (string Path, FileStamp Stamp)[] files) =>
        Look(seconds, WatchBatch.None, files);

    private LookPlan Look(double seconds, WatchBatch batch, params (string Path, FileStamp Stamp)[] files) =>
        Decide(Tree(files), batch, seconds);

    // The wall clock stands still, so that the age of files plays no part unless a test wants it to.
    private LookPlan Decide(ManifestTree tree, WatchBatch batch, double seconds, bool keepsAbsent = false)
    {
        var input = new LookInput(tree, batch, Second, keepsAbsent, Now, TimeSpan.FromSeconds(seconds));
        var plan = LookPlan.Decide(_known, _pending, input);
        _pending = plan.Pending;
        return plan;
    }
}

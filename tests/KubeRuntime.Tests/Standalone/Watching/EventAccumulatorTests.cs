using XdsCanary.KubeRuntime.Standalone.Watching;

namespace XdsCanary.KubeRuntime.Tests.Standalone.Watching;

public sealed class EventAccumulatorTests
{
    private readonly EventAccumulator _events = new();

    [Fact]
    public void Closed_file_is_complete()
    {
        Add(InotifyMask.Modify, "a.yaml");
        Assert.False(_events.HasNews);
        Add(InotifyMask.CloseWrite, "a.yaml");

        var batch = _events.Take();

        Assert.Equal(["d/a.yaml"], batch.Complete);
        Assert.Empty(batch.BeingWritten);
        Assert.False(batch.NeedsWalk);
    }

    [Fact]
    public void File_written_to_after_it_was_closed_is_not_complete()
    {
        Add(InotifyMask.CloseWrite, "a.yaml");
        Add(InotifyMask.Modify, "a.yaml");

        Assert.False(_events.HasNews);
        Assert.Equal(["d/a.yaml"], _events.Take().BeingWritten);
        Assert.Equal(["d/a.yaml"], _events.Take().BeingWritten);
    }

    [Fact]
    public void WrittenSinceTake_holds_even_files_that_were_closed()
    {
        Add(InotifyMask.Modify, "a.yaml");
        Add(InotifyMask.CloseWrite, "a.yaml");

        Assert.Equal(["d/a.yaml"], _events.WrittenSinceTake);
        _events.Take();
        Assert.Empty(_events.WrittenSinceTake);
    }

    [Theory]
    [InlineData(".a.yaml.swp")]
    [InlineData("a.txt")]
    public void Closed_file_that_is_no_manifest_is_no_news(string name)
    {
        Add(InotifyMask.CloseWrite, name);

        Assert.False(_events.HasNews);
    }

    [Fact]
    public void Moved_in_entry_is_complete_and_asks_for_a_walk()
    {
        Add(InotifyMask.MovedTo | InotifyMask.IsDirectory, "sub");

        var batch = _events.Take();

        Assert.Equal(["d/sub"], batch.Complete);
        Assert.True(batch.NeedsWalk);
    }

    [Fact]
    public void File_renamed_by_a_writer_that_is_not_done_is_being_written_under_its_new_name()
    {
        Add(InotifyMask.Modify, "a.tmp");
        Add(InotifyMask.MovedFrom, "a.tmp", cookie: 7);
        Add(InotifyMask.MovedTo, "a.yaml", cookie: 7);

        var batch = _events.Take();

        Assert.Empty(batch.Complete);
        Assert.Equal(["d/a.yaml"], batch.BeingWritten);
    }

    [Fact]
    public void Closed_file_renamed_over_another_is_complete()
    {
        Add(InotifyMask.Modify, "a.tmp");
        Add(InotifyMask.CloseWrite, "a.tmp");
        Add(InotifyMask.MovedFrom, "a.tmp", cookie: 7);
        Add(InotifyMask.MovedTo, "a.yaml", cookie: 7);

        Assert.Equal(["d/a.yaml"], _events.Take().Complete);
    }

    [Theory]
    [InlineData((uint)InotifyMask.Delete)]
    [InlineData((uint)InotifyMask.MovedFrom)]
    public void File_that_left_is_not_being_written(uint mask)
    {
        Add(InotifyMask.Modify, "a.yaml");
        Add((InotifyMask)mask, "a.yaml", cookie: 3);

        var batch = _events.Take();

        Assert.Empty(batch.BeingWritten);
        Assert.True(batch.NeedsWalk);
    }

    [Fact]
    public void Overflow_forgets_writers_and_is_reported()
    {
        Add(InotifyMask.Modify, "a.yaml");
        _events.Add(new InotifyEvent(-1, InotifyMask.QueueOverflow, 0, string.Empty), []);

        var batch = _events.Take();

        Assert.True(batch.IsIncomplete);
        Assert.Empty(batch.BeingWritten);
        Assert.False(_events.Take().IsIncomplete);
    }

    [Fact]
    public void Directory_with_two_paths_gives_two_files()
    {
        _events.Add(new InotifyEvent(1, InotifyMask.CloseWrite, 0, "a.yaml"), ["", "e"]);

        Assert.Equal(["a.yaml", "e/a.yaml"], _events.Take().Complete.Order(StringComparer.Ordinal));
    }

    private void Add(InotifyMask mask, string name, uint cookie = 0) =>
        _events.Add(new InotifyEvent(1, mask, cookie, name), ["d"]);
}

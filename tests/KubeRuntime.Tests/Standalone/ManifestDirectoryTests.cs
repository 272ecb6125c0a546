using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.KubeRuntime.Standalone;
using XdsCanary.KubeRuntime.Standalone.Watching;
using static XdsCanary.KubeRuntime.Tests.Standalone.Manifests;

namespace XdsCanary.KubeRuntime.Tests.Standalone;

/// <summary>What the directory makes of announcements, with a scripted watch and scripted readings.</summary>
public sealed class ManifestDirectoryTests : IDisposable
{
    private readonly TempDirectory _temp = new();
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private readonly ScriptedWatch _watch = new();
    private readonly ManifestDirectory _directory;
    private FileReading _reading = new FileReading.Content(Bytes(Thing("a")), IsGuarded: false);

    public ManifestDirectoryTests()
    {
        _temp.Write("a.yaml", Thing("a"));
        _directory = new ManifestDirectory(
            new ManifestDirectoryOptions { Directory = _temp.Root }, _watch, _time, NullLogger.Instance, (_, _) => _reading);
        _directory.Look();
    }

    public void Dispose()
    {
        _directory.Dispose();
        _temp.Dispose();
    }

    [Fact]
    public void Nothing_announced_reads_nothing()
    {
        _reading = new FileReading.Content(Bytes(Thing("a", "2")), IsGuarded: false);

        Assert.Equal("a=1", Show(_directory.Look()));
    }

    [Fact]
    public void Announced_file_is_read() => Assert.Equal("a=2", Show(Announce(Thing("a", "2"))));

    [Fact]
    public void Reading_during_which_the_file_was_written_to_is_void()
    {
        _watch.Written = ["a.yaml"];

        Assert.Equal("a=1", Show(Announce(Thing("a", "2"))));
    }

    [Fact]
    public void Guarded_reading_counts_whatever_was_written_before_it()
    {
        _watch.Written = ["a.yaml"];
        _watch.Next = new WatchBatch { Complete = ["a.yaml"] };
        _reading = new FileReading.Content(Bytes(Thing("a", "2")), IsGuarded: true);

        Assert.Equal("a=2", Show(_directory.Look()));
    }

    [Fact]
    public void Emptied_file_is_believed_when_it_stayed_empty()
    {
        Assert.Equal("a=1", Show(Announce(string.Empty)));
        Assert.Equal("a=1", Show(Announce(string.Empty)));
        Assert.Equal("a=1", Show(_directory.Look()));

        _time.Advance(_watch.NewDirectorySettleTime);

        Assert.Equal(string.Empty, Show(_directory.Look()));
    }

    [Fact]
    public void Lost_changes_make_everything_be_looked_at()
    {
        _temp.Write("b.yaml", Thing("b"));
        File.SetLastWriteTimeUtc(_temp["b.yaml"], _time.GetUtcNow().AddHours(-1).UtcDateTime);
        _reading = new FileReading.Content(Bytes(Thing("b")), IsGuarded: false);
        _watch.Next = new WatchBatch { IsIncomplete = true };

        Assert.Equal("a=1 b=1", Show(_directory.Look()));
    }

    [Fact]
    public void Change_that_nobody_announced_is_found_by_the_rescan()
    {
        File.Delete(_temp["a.yaml"]);
        Assert.Equal("a=1", Show(_directory.Look()));

        _time.Advance(_watch.LookInterval);

        Assert.Equal(string.Empty, Show(_directory.Look()));
    }

    [Fact]
    public void Unreadable_file_is_a_problem_that_the_next_look_may_solve()
    {
        _watch.Next = new WatchBatch { Complete = ["a.yaml"] };
        _reading = new FileReading.Unreadable("the file may not be read", "Allow it");
        var failed = _directory.Look();

        _watch.Next = new WatchBatch { NeedsWalk = true };
        _reading = new FileReading.Content(Bytes(Thing("a", "2")), IsGuarded: false);

        Assert.Equal("a=1", Show(failed));
        Assert.Single(failed.Problems);
        Assert.Equal("a=2", Show(_directory.Look()));
        Assert.Empty(_directory.State.Set.Problems);
    }

    [Fact]
    public void Watch_that_is_exhausted_is_replaced_by_polling()
    {
        _watch.Result = FollowResult.Exhausted;
        _watch.Next = new WatchBatch { NeedsWalk = true };

        _directory.Look();

        Assert.True(_watch.IsDisposed);
        Assert.Equal("polling", _directory.WatchName);
    }

    private ObjectSet Announce(string text)
    {
        _watch.Next = new WatchBatch { Complete = ["a.yaml"] };
        _reading = new FileReading.Content(Bytes(text), IsGuarded: false);
        return _directory.Look();
    }

    private sealed class ScriptedWatch : IDirectoryWatch
    {
        public WatchBatch Next { get; set; } = WatchBatch.None;

        public ImmutableHashSet<string> Written { get; set; } = [];

        public FollowResult Result { get; set; }

        public bool IsDisposed { get; private set; }

        public TimeSpan UnannouncedSettleTime => TimeSpan.FromSeconds(30);

        public TimeSpan NewDirectorySettleTime => TimeSpan.FromSeconds(1);

        public TimeSpan LookInterval => TimeSpan.FromSeconds(30);

        public FollowResult Follow(IReadOnlyCollection<ListedDirectory> directories) => Result;

        public Task WaitAsync(TimeSpan maxWait, CancellationToken cancellationToken) => Task.CompletedTask;

        public WatchBatch Take()
        {
            var batch = Next;
            Next = WatchBatch.None;
            return batch;
        }

        public IReadOnlySet<string> WrittenSinceTake() => Written;

        public void Dispose() => IsDisposed = true;
    }
}

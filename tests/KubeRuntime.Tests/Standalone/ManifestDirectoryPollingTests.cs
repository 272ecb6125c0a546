using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.KubeRuntime.Standalone;
using XdsCanary.KubeRuntime.Standalone.Watching;
using static XdsCanary.KubeRuntime.Tests.Standalone.Manifests;

namespace XdsCanary.KubeRuntime.Tests.Standalone;

/// <summary>The directory under polling, tick by tick on fake time.</summary>
public sealed class ManifestDirectoryPollingTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly TempDirectory _temp = new();
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private readonly ManifestDirectory _directory;

    public ManifestDirectoryPollingTests()
    {
        var options = new ManifestDirectoryOptions { Directory = _temp["m"], UsePolling = true };
        _directory = new ManifestDirectory(
            options, DirectoryWatches.Create(options, _time, NullLogger.Instance), _time, NullLogger.Instance);
        Directory.CreateDirectory(_temp["m"]);
    }

    public void Dispose()
    {
        _directory.Dispose();
        _temp.Dispose();
    }

    [Fact]
    public void First_look_reads_everything_however_new()
    {
        Write("a.yaml", Thing("a"));

        Assert.Equal("a=1", Show(_directory.Look()));
    }

    [Fact]
    public async Task Changed_file_is_read_when_it_stayed_the_same_for_a_tick()
    {
        Write("a.yaml", Thing("a"));
        _directory.Look();

        Assert.Equal("a=1", Show(await TickAsync(() => Write("a.yaml", Thing("a", "22")))));
        Assert.Equal("a=1", Show(await TickAsync(() => Write("a.yaml", Thing("a", "333")))));
        Assert.Equal("a=333", Show(await TickAsync()));
    }

    [Fact]
    public async Task File_that_grows_between_all_ticks_is_not_read_until_it_stops()
    {
        _directory.Look();
        for (var i = 1; i < 5; i++)
        {
            var set = await TickAsync(() => Write("a.yaml", [.. Enumerable.Range(0, i).Select(number => Thing($"a{number}"))]));
            Assert.Empty(set.Objects);
        }

        Assert.Equal(4, (await TickAsync()).Objects.Count);
    }

    [Fact]
    public async Task Deleted_file_and_identical_rewrite()
    {
        Write("a.yaml", Thing("a"));
        Write("b.yaml", Thing("b"));
        var before = _directory.Look();

        Write("a.yaml", Thing("a"));
        await TickAsync();
        Assert.Same(before, await TickAsync());

        File.Delete(_temp["m/b.yaml"]);
        Assert.Equal("a=1", Show(await TickAsync()));
    }

    [Fact]
    public async Task Directory_that_disappears_keeps_its_objects_and_is_picked_up_again()
    {
        Write("a.yaml", Thing("a"));
        Write("b.yaml", Thing("b"));
        _directory.Look();

        _temp.Rename("m", "away");
        var missing = await TickAsync();
        Directory.CreateDirectory(_temp["m"]);
        var empty = await TickAsync();
        Write("a.yaml", Thing("a", "2"));
        await TickAsync();
        var back = await TickAsync();

        Assert.Equal("a=1 b=1", Show(missing));
        Assert.Contains("not there any more", Assert.Single(missing.Problems).Message, StringComparison.Ordinal);
        Assert.Equal("a=1 b=1", Show(empty));
        Assert.Empty(empty.Problems);
        Assert.Equal("a=2", Show(back));
    }

    [Fact]
    public async Task Turned_link_is_read_at_once()
    {
        Write("..1/a.yaml", Thing("a"));
        Write("..2/a.yaml", Thing("a", "2"));
        _temp.Link("m/..data", "..1");
        _temp.Link("m/a.yaml", "..data/a.yaml");
        _directory.Look();

        _temp.Link("m/..tmp", "..2");
        _temp.Rename("m/..tmp", "m/..data");

        Assert.Equal("a=2", Show(await TickAsync()));
    }

    [Fact]
    public async Task File_that_cannot_be_read_keeps_its_objects()
    {
        Write("a.yaml", Thing("a"));
        _directory.Look();

        File.Delete(_temp["m/a.yaml"]);
        _temp.Link("m/a.yaml", "a.yaml");
        var failed = await TickAsync();
        File.Delete(_temp["m/a.yaml"]);

        Assert.Equal("a=1", Show(failed));
        Assert.Equal("a.yaml", Assert.Single(failed.Problems).Origin.ToString());
        Assert.Empty((await TickAsync()).Objects);
    }

    private void Write(string path, params string[] documents)
    {
        _temp.Write($"m/{path}", documents);
        File.SetLastWriteTimeUtc(_temp[$"m/{path}"], _time.GetUtcNow().UtcDateTime);
    }

    /// <summary>Lets one interval pass, with something happening in the middle of it.</summary>
    private async Task<ObjectSet> TickAsync(Action? halfway = null)
    {
        var wait = _directory.WaitAsync(TestContext.Current.CancellationToken);
        _time.Advance(Second / 2);
        halfway?.Invoke();
        Assert.False(wait.IsCompleted);
        _time.Advance(Second / 2);
        await wait;
        return _directory.Look();
    }
}

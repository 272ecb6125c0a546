using Microsoft.Extensions.Logging.Abstractions;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.KubeRuntime.Standalone;
using static XdsCanary.KubeRuntime.Tests.Standalone.Manifests;

namespace XdsCanary.KubeRuntime.Tests.Standalone;

/// <summary>
/// The whole source on the real file system. Nothing sleeps: that a change was NOT taken up is shown by a later change (a marker
/// file) that was.
/// </summary>
public sealed class ManifestDirectorySourceTests : IAsyncLifetime
{
    private readonly TempDirectory _temp = new();
    private ManifestDirectorySource _source = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Changes are announced by inotify on Linux only.");
        _temp.Write("m/a.yaml", Thing("a"));
        _source = Create();
        await _source.StartAsync(Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        _temp.Dispose();
    }

    [Fact]
    public void StartAsync_reads_everything_before_it_returns()
    {
        Assert.True(_source.HasSynced);
        Assert.Equal("a=1", Show(_source.Current));
    }

    [Fact]
    public async Task StartAsync_without_directory_names_it()
    {
        await using var source = Create("absent");

        var exception = await Assert.ThrowsAsync<DirectoryNotFoundException>(() => source.StartAsync(Token));

        Assert.Contains(_temp["absent"], exception.Message, StringComparison.Ordinal);
        Assert.Contains("Create it", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task File_written_in_two_halves_is_read_only_when_it_is_closed()
    {
        await using (var file = new StreamWriter(_temp["m/a.yaml"]))
        {
            await file.WriteAsync(Thing("a", "2"));
            await file.FlushAsync(Token);
            await MarkAsync("half");
            Assert.Equal("a=1 half=1", Show(_source.Current));
            await file.WriteAsync("---\n" + Thing("b", "2"));
        }

        await UntilAsync("a=2 b=2 half=1");
    }

    [Fact]
    public async Task New_file_written_in_two_halves_is_read_only_when_it_is_closed()
    {
        await using (var file = new StreamWriter(_temp["m/new.yaml"]))
        {
            await file.WriteAsync(Thing("b"));
            await file.FlushAsync(Token);
            Directory.CreateDirectory(_temp["m/walk"]);
            await MarkAsync("half");
            Assert.Equal("a=1 half=1", Show(_source.Current));
        }

        await UntilAsync("a=1 b=1 half=1");
    }

    [Fact]
    public async Task File_rewritten_in_place_again_and_again_is_never_seen_half()
    {
        var last = 300;
        var writing = Task.Run(
            async () =>
            {
                for (var i = 1; i <= last; i++)
                {
                    await using var file = new StreamWriter(_temp["m/a.yaml"]);
                    await file.WriteAsync(Thing("a", $"{i}"));
                    await file.FlushAsync(Token);
                    await file.WriteAsync("---\n" + Thing("b", $"{i}"));
                }
            },
            Token);

        var seen = new List<string>();
        while (seen.Count == 0 || seen[^1] != $"a={last} b={last}")
        {
            var version = _source.Changed.Version;
            seen.Add(Show(_source.Current));
            if (seen[^1] != $"a={last} b={last}")
            {
                await _source.Changed.WaitAsync(version, Token).WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System, Token);
            }
        }

        await writing;
        Assert.All(seen, state => Assert.Matches("^a=1$|^a=([0-9]+) b=\\1$", state));
        Assert.Empty(_source.Current.Problems);
    }

    [Fact]
    public async Task File_renamed_over_another_is_read()
    {
        _temp.Write("m/a.yaml.tmp", Thing("a", "2"));
        _temp.Rename("m/a.yaml.tmp", "m/a.yaml");

        await UntilAsync("a=2");
    }

    [Fact]
    public async Task New_directory_with_files_is_read_and_followed()
    {
        _temp.Write("m/sub/deep/b.yaml", Thing("b"));
        await UntilAsync("a=1 b=1");

        _temp.Write("m/sub/deep/b.yaml", Thing("b", "2"));
        await UntilAsync("a=1 b=2");
    }

    [Fact]
    public async Task Directory_moved_in_is_read_and_moved_out_is_gone()
    {
        _temp.Write("elsewhere/b.yaml", Thing("b"));
        _temp.Rename("elsewhere", "m/sub");
        await UntilAsync("a=1 b=1");

        _temp.Rename("m/sub", "m/other");
        _temp.Write("m/other/b.yaml", Thing("b", "2"));
        await UntilAsync("a=1 b=2");
        Assert.Equal("other/b.yaml", _source.Current.Objects.Values.Single(found => found.Key.Name.Name == "b").Origin.File);

        _temp.Rename("m/other", "elsewhere");
        await UntilAsync("a=1");
    }

    [Fact]
    public async Task Deleted_file_and_deleted_directory_take_their_objects_along()
    {
        _temp.Write("m/sub/b.yaml", Thing("b"));
        await UntilAsync("a=1 b=1");

        File.Delete(_temp["m/a.yaml"]);
        await UntilAsync("b=1");
        Directory.Delete(_temp["m/sub"], recursive: true);
        await UntilAsync(string.Empty);
    }

    [Fact]
    public async Task Directory_deleted_and_made_again_is_followed()
    {
        _temp.Write("m/sub/b.yaml", Thing("b"));
        await UntilAsync("a=1 b=1");

        Directory.Delete(_temp["m/sub"], recursive: true);
        _temp.Write("m/sub/b.yaml", Thing("b", "2"));
        await UntilAsync("a=1 b=2");
        _temp.Write("m/sub/b.yaml", Thing("b", "3"));
        await UntilAsync("a=1 b=3");
    }

    [Fact]
    public async Task Mounted_config_map_is_followed_through_its_links()
    {
        _temp.Write("m/..1/b.yaml", Thing("b"));
        _temp.Link("m/..data", "..1");
        _temp.Link("m/b.yaml", "..data/b.yaml");
        await UntilAsync("a=1 b=1");

        // As the kubelet does it: a new directory, a new link, one rename, links for new keys.
        _temp.Write("m/..2/b.yaml", Thing("b", "2"));
        _temp.Write("m/..2/c.yaml", Thing("c", "2"));
        _temp.Link("m/..data_tmp", "..2");
        _temp.Rename("m/..data_tmp", "m/..data");
        _temp.Link("m/c.yaml", "..data/c.yaml");
        Directory.Delete(_temp["m/..1"], recursive: true);

        await UntilAsync("a=1 b=2 c=2");
        Assert.Empty(_source.Current.Problems);
    }

    [Fact]
    public async Task Identical_rewrite_signals_nothing()
    {
        var before = _source.Current;

        _temp.Write("m/a.yaml", Thing("a"));
        await MarkAsync("marker");

        Assert.Equal(before.Revision + 1, _source.Current.Revision);
        Assert.Same(before.Objects.Values.Single(), _source.Current.Objects.Values.Single(found => found.Key.Name.Name == "a"));
    }

    [Fact]
    public async Task Broken_document_is_a_problem_and_keeps_the_last_good_version()
    {
        _temp.Write("m/a.yaml", Thing("b"), Broken);
        await UntilAsync("a=1 b=1");
        Assert.Equal("a.yaml:6", Assert.Single(_source.Current.Problems).Origin.ToString());

        _temp.Write("m/a.yaml", Thing("b"));
        await UntilAsync("b=1");
        Assert.Empty(_source.Current.Problems);
    }

    [Fact]
    public async Task Directory_that_disappears_keeps_everything_until_it_is_back()
    {
        _temp.Rename("m", "away");
        await UntilAsync(set => set.Problems.Length == 1);
        Assert.Equal("a=1", Show(_source.Current));

        _temp.Write("away/a.yaml", Thing("a", "2"));
        _temp.Rename("away", "m");
        await UntilAsync("a=2");
        await UntilAsync(set => set.Problems.IsEmpty);
        _temp.Write("m/a.yaml", Thing("a", "3"));
        await UntilAsync("a=3");
    }

    [Fact]
    public async Task Burst_of_files_arrives_completely()
    {
        for (var i = 0; i < 200; i++)
        {
            _temp.Write($"m/f{i}.yaml", Thing($"f{i}"));
        }

        await UntilAsync(set => set.Objects.Count == 201);
        Assert.InRange(_source.Current.Revision, 2, 201);
    }

    [Fact]
    public async Task Polling_source_takes_changes_up_too()
    {
        await using var source = Create(usePolling: true);
        await source.StartAsync(Token);

        _temp.Write("m/a.yaml", Thing("a", "2"));

        await UntilAsync(source, set => Show(set) == "a=2");
    }

    [Fact]
    public async Task StopAsync_ends_the_watch_and_keeps_what_is_known()
    {
        await _source.StopAsync(Token);
        await _source.StopAsync(Token);

        Assert.Equal("a=1", Show(_source.Current));
    }

    private ManifestDirectorySource Create(string directory = "m", bool usePolling = false) => new(
        new ManifestDirectoryOptions
        {
            Directory = _temp[directory],
            UsePolling = usePolling,
            PollInterval = TimeSpan.FromMilliseconds(20),
        },
        TimeProvider.System,
        NullLogger<ManifestDirectorySource>.Instance);

    /// <summary>Adds an object and waits for it: everything announced before it was taken up by then.</summary>
    private async Task MarkAsync(string name)
    {
        _temp.Write($"m/{name}.yaml", Thing(name));
        await UntilAsync(set => set.Objects.Keys.Any(key => key.Name.Name == name));
    }

    private Task UntilAsync(string shown) => UntilAsync(set => Show(set) == shown);

    private Task UntilAsync(Func<ObjectSet, bool> isReached) => UntilAsync(_source, isReached);

    private static async Task UntilAsync(ManifestDirectorySource source, Func<ObjectSet, bool> isReached)
    {
        while (true)
        {
            var version = source.Changed.Version;
            var current = source.Current;
            if (isReached(current))
            {
                return;
            }

            try
            {
                await source.Changed.WaitAsync(version, Token).WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System, Token);
            }
            catch (TimeoutException)
            {
                Assert.Fail($"Still at: {Show(current)} {string.Join(' ', current.Problems)}");
            }
        }
    }
}

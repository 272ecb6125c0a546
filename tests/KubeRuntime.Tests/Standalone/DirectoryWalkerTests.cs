using XdsCanary.KubeRuntime.Standalone;

namespace XdsCanary.KubeRuntime.Tests.Standalone;

public sealed class DirectoryWalkerTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Walk_lists_manifests_and_skips_the_rest()
    {
        foreach (var path in new[] { "a.yaml", "b.YML", "sub/deep/c.json", "d.txt", ".e.yaml", ".git/f.yaml", "yaml", "g.yaml~" })
        {
            _directory.Write(path, "x");
        }

        var tree = DirectoryWalker.Walk(_directory.Root);

        Assert.Equal(["a.yaml", "b.YML", "sub/deep/c.json"], tree.Files.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(["", "sub", "sub/deep"], tree.Directories.Select(listed => listed.Path).Order(StringComparer.Ordinal));
        Assert.Equal(1, tree.Files["a.yaml"].Length);
        Assert.False(tree.Files["a.yaml"].IsLinked);
    }

    [Fact]
    public void Walk_follows_links_to_where_they_really_lead()
    {
        _directory.Write("..v1/a.yaml", "x");
        _directory.Write("..v1/sub/b.yaml", "x");
        _directory.Link("..data", "..v1");
        _directory.Link("a.yaml", "..data/a.yaml");
        _directory.Link("sub", "..data/sub");

        var tree = DirectoryWalker.Walk(_directory.Root);

        Assert.Equal(["a.yaml", "sub/b.yaml"], tree.Files.Keys.Order(StringComparer.Ordinal));
        Assert.EndsWith("/..v1/a.yaml", tree.Files["a.yaml"].RealPath, StringComparison.Ordinal);
        Assert.All(tree.Files.Values, stamp => Assert.True(stamp.IsLinked));
        Assert.Equal(tree.Files["a.yaml"], DirectoryWalker.Look(_directory.Root, ["a.yaml"])!.Files["a.yaml"]);
        Assert.Equal(tree.Files["sub/b.yaml"], DirectoryWalker.Look(_directory.Root, ["sub/b.yaml"])!.Files["sub/b.yaml"]);
    }

    [Fact]
    public void Walk_ends_at_links_that_lead_back()
    {
        _directory.Write("sub/a.yaml", "x");
        _directory.Link("sub/up", "..");
        _directory.Link("self", ".");

        Assert.Equal(["sub/a.yaml"], DirectoryWalker.Walk(_directory.Root).Files.Keys);
    }

    [Fact]
    public void Walk_skips_links_to_nothing_and_reports_links_in_a_circle()
    {
        _directory.Link("nothing.yaml", "absent.yaml");
        _directory.Link("one.yaml", "two.yaml");
        _directory.Link("two.yaml", "one.yaml");

        var tree = DirectoryWalker.Walk(_directory.Root);

        Assert.Empty(tree.Files);
        Assert.Equal(["one.yaml", "two.yaml"], tree.Unreadable.Keys);
    }

    [Fact]
    public void Walk_of_a_root_that_is_a_link_or_absent()
    {
        _directory.Write("real/a.yaml", "x");
        _directory.Link("current", "real");

        var tree = DirectoryWalker.Walk(_directory["current"]);

        Assert.EndsWith("/real/a.yaml", tree.Files["a.yaml"].RealPath, StringComparison.Ordinal);
        Assert.False(tree.Files["a.yaml"].IsLinked);
        Assert.False(DirectoryWalker.Walk(_directory["absent"]).Exists);
    }

    [Fact]
    public void Look_gives_nothing_when_a_file_vanished() =>
        Assert.Null(DirectoryWalker.Look(_directory.Root, ["absent.yaml"]));
}

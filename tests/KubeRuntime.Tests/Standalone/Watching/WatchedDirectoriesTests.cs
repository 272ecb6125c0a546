using XdsCanary.KubeRuntime.Standalone.Watching;

namespace XdsCanary.KubeRuntime.Tests.Standalone.Watching;

public sealed class WatchedDirectoriesTests
{
    private readonly WatchedDirectories _directories = new();

    [Fact]
    public void Set_tells_whether_it_is_new()
    {
        Assert.True(_directories.Set("a", 1));
        Assert.False(_directories.Set("a", 1));
        Assert.True(_directories.Set("a", 2));
        Assert.Empty(_directories.PathsOf(1));
    }

    [Fact]
    public void Keep_gives_watches_that_no_path_uses()
    {
        _directories.Set("a", 1);
        _directories.Set("b", 1);
        _directories.Set("c", 2);

        Assert.Equal([2], _directories.Keep(new HashSet<string> { "a" }));
        Assert.Equal(["a"], _directories.PathsOf(1));
        Assert.Equal([1], _directories.Keep(new HashSet<string>()));
    }

    [Fact]
    public void Forget_makes_a_path_new_again()
    {
        _directories.Set("a", 1);

        _directories.Forget(1);
        _directories.Forget(1);

        Assert.True(_directories.Set("a", 1));
    }
}

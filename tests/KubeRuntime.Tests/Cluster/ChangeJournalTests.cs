using XdsCanary.KubeRuntime.Cluster;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.KubeRuntime.Tests.Cluster;

public sealed class ChangeJournalTests
{
    private readonly ChangeJournal _journal = new();

    [Fact]
    public void Changes_after_a_revision_are_known_each_once()
    {
        Note((1, "a"), (2, "b"), (2, "c"), (3, "a"));

        Assert.Equal(["a", "b", "c"], Since(0));
        Assert.Equal(["a", "b", "c"], Since(1));
        Assert.Equal(["a"], Since(2));
        Assert.Equal([], Since(3));
        Assert.Equal([], Since(99));
    }

    [Fact]
    public void What_is_too_long_ago_is_not_known_and_is_said_to_be_so()
    {
        const int Kept = 65536;
        for (var i = 1; i <= Kept; i++)
        {
            // Two changes to each revision: half of one may be forgotten.
            Note(((i + 1) / 2, $"o{i}"));
        }

        Assert.Equal(Kept, Since(0)?.Count());
        Note((Kept, "last"));
        Assert.Null(Since(0));
        Assert.Equal(Kept - 1, Since(1)?.Count());
        Note((Kept, "last but one"));
        Assert.Null(Since(0));
        Assert.Equal(Kept, Since(1)?.Count());
    }

    private void Note(params (long Revision, string Name)[] changes)
    {
        foreach (var (revision, name) in changes)
        {
            _journal.Note(revision, new ObjectKey(string.Empty, "Thing", new NamespacedName("default", name)));
        }
    }

    private IEnumerable<string>? Since(long revision) =>
        _journal.Since(revision)?.Select(key => key.Name.Name).Order(StringComparer.Ordinal);
}

using System.Collections.Immutable;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.KubeRuntime.Standalone;
using static XdsCanary.KubeRuntime.Tests.Standalone.Manifests;

namespace XdsCanary.KubeRuntime.Tests.Standalone;

public sealed class ManifestFoldTests
{
    private ManifestState _state = ManifestState.Empty;

    [Fact]
    public void Identical_rewrite_keeps_the_set()
    {
        var before = Write("a.yaml", Thing("a"));

        Assert.Same(before, Write("a.yaml", Thing("a")));
    }

    [Fact]
    public void Change_that_moves_and_alters_nothing_keeps_the_set()
    {
        var before = Write("a.yaml", Thing("a"));

        Assert.Same(before, Write("a.yaml", Thing("a") + "# a comment at the end\n"));
    }

    [Fact]
    public void Changed_object_is_replaced_and_its_neighbours_keep_their_instances()
    {
        var before = Write("a.yaml", Thing("a"), Thing("b"));

        var after = Write("a.yaml", Thing("a"), Thing("b", "2"));

        Assert.Equal(before.Revision + 1, after.Revision);
        Assert.Same(Of(before, "a"), Of(after, "a"));
        Assert.Equal("a=1 b=2", Show(after));
    }

    [Fact]
    public void Moved_object_is_a_new_instance_with_the_same_fingerprint()
    {
        var before = Of(Write("a.yaml", Thing("a")), "a");

        var after = Of(Write("a.yaml", "\n" + Thing("a")), "a");

        Assert.NotSame(before, after);
        Assert.Equal(before.Fingerprint, after.Fingerprint);
        Assert.Equal(2, after.Origin.Line);
    }

    [Fact]
    public void Removed_document_and_removed_file_take_their_objects_along()
    {
        Write("a.yaml", Thing("a"), Thing("b"));
        Write("c.yaml", Thing("c"));

        Assert.Equal("a=1 c=1", Show(Write("a.yaml", Thing("a"))));
        Assert.Equal("a=1", Show(Delete("c.yaml")));
    }

    [Fact]
    public void Broken_document_keeps_the_last_good_objects_and_readable_ones_change()
    {
        var before = Write("a.yaml", Thing("a"), Thing("b"), Thing("c"));

        var after = Write("a.yaml", Thing("a", "2"), Broken, Thing("c"));

        Assert.Equal("a=2 b=1 c=1", Show(after));
        Assert.Same(Of(before, "b"), Of(after, "b"));
        Assert.Equal("a.yaml:6", Assert.Single(after.Problems).Origin.ToString());
    }

    [Fact]
    public void Object_with_a_fault_counts_as_a_broken_document()
    {
        Write("a.yaml", Thing("a"));

        Assert.Equal("a=1", Show(Write("a.yaml", Thing("a", "2") + "spec: 3\n")));
    }

    [Fact]
    public void Kept_objects_go_when_the_file_is_readable_again()
    {
        Write("a.yaml", Thing("a"), Thing("b"));
        Write("a.yaml", Thing("a"), Broken);
        Write("a.yaml", Thing("a"), Broken, Broken);

        var after = Write("a.yaml", Thing("a"));

        Assert.Equal("a=1", Show(after));
        Assert.Empty(after.Problems);
    }

    [Fact]
    public void Kept_objects_go_when_the_file_is_deleted()
    {
        Write("a.yaml", Thing("a"));
        Write("a.yaml", Broken);

        Assert.Equal(string.Empty, Show(Delete("a.yaml")));
    }

    [Fact]
    public void Kept_object_that_turns_up_in_another_file_is_moved_for_good()
    {
        Write("a.yaml", Thing("a"));
        Write("a.yaml", Broken);

        Assert.Equal("a=2", Show(Write("b.yaml", Thing("a", "2"))));
        Assert.Equal(string.Empty, Show(Delete("b.yaml")));
    }

    [Fact]
    public void Fault_in_one_file_does_not_put_an_unused_duplicate_in_force()
    {
        Write("a.yaml", Thing("a"));
        Write("b.yaml", Thing("a", "2"));

        Assert.Equal("a=1", Show(Write("a.yaml", Broken)));
        Assert.Equal("a=1", Show(Write("b.yaml", Thing("a", "3"))));
        Assert.Equal("a=4", Show(Write("a.yaml", Thing("a", "4"))));
    }

    [Fact]
    public void Restored_object_gets_its_old_instance_back()
    {
        var before = Of(Write("a.yaml", Thing("a")), "a");
        Write("a.yaml", Broken);

        Assert.Same(before, Of(Write("a.yaml", Thing("a")), "a"));
    }

    [Fact]
    public void Unreadable_file_keeps_everything_and_is_read_again()
    {
        Write("a.yaml", Thing("a"), Thing("b"));

        var failed = Compose(_state.Files.SetItem(
            "a.yaml", FileFold.Apply(_state.Files["a.yaml"], "a.yaml", new FileReading.Unreadable("may not be read", "Allow it"))));
        var after = Write("a.yaml", Thing("a"));

        Assert.Equal("a=1 b=1", Show(failed));
        Assert.Equal("a.yaml: may not be read. Allow it.", Assert.Single(failed.Problems).ToString());
        Assert.Equal("a=1", Show(after));
    }

    [Fact]
    public void Same_object_twice_takes_the_first_place_whatever_the_order_of_reading()
    {
        Write("b.yaml", Thing("a", "b"));
        var after = Write("a.yaml", Thing("x"), Thing("a", "a1"), Thing("a", "a2"));

        Assert.Equal("a=a1 x=1", Show(after));
        Assert.Equal(["a.yaml:11", "b.yaml:1"], after.Problems.Select(problem => problem.Origin.ToString()));
        Assert.All(after.Problems, problem => Assert.Contains("a.yaml:6", problem.Message, StringComparison.Ordinal));
        Assert.Equal("a=b", Show(Delete("a.yaml")));
        Assert.Empty(_state.Set.Problems);
    }

    [Fact]
    public void Problems_alone_make_a_new_revision()
    {
        var before = Write("a.yaml", Thing("a"));

        var after = Write("b.yaml", Broken);

        Assert.Equal(before.Revision + 1, after.Revision);
        Assert.Same(before.Objects, after.Objects);
    }

    private ObjectSet Write(string path, params string[] documents)
    {
        var before = _state.Files.GetValueOrDefault(path) ?? FileState.Empty;
        return Compose(_state.Files.SetItem(path, FileFold.Apply(before, path, Bytes(documents), "default")));
    }

    private ObjectSet Delete(string path) => Compose(_state.Files.Remove(path));

    private ObjectSet Compose(ImmutableSortedDictionary<string, FileState> files)
    {
        _state = ManifestFold.Compose(_state, files, []);
        return _state.Set;
    }

    private static SourceObject Of(ObjectSet set, string name) =>
        set.Objects[new ObjectKey(string.Empty, "Thing", new("default", name))];
}

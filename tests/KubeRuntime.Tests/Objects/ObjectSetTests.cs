using System.Collections.Immutable;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.KubeRuntime.Tests.Objects;

public sealed class ObjectSetTests
{
    private static readonly ImmutableDictionary<ObjectKey, SourceObject> Nothing = ImmutableDictionary<ObjectKey, SourceObject>.Empty;

    [Fact]
    public void Changes_since_an_earlier_set_are_known_each_once()
    {
        var first = Next(ObjectSet.Empty, "a");
        var second = Next(first, "b", "c");
        var third = Next(second, "a");

        Assert.Equal(["a", "b", "c"], Since(third, ObjectSet.Empty));
        Assert.Equal(["a", "b", "c"], Since(third, first));
        Assert.Equal(["a"], Since(third, second));
        Assert.Equal([], Since(third, third));
        Assert.Equal((1, 2, 3), (first.Revision, second.Revision, third.Revision));
    }

    [Fact]
    public void Sets_of_which_neither_came_from_the_other_know_nothing_of_their_differences()
    {
        var first = Next(ObjectSet.Empty, "a");

        Assert.Null(first.ChangedSince(Next(ObjectSet.Empty, "a")));
        Assert.Null(ObjectSet.Empty.ChangedSince(first));
    }

    [Fact]
    public void A_copy_with_other_objects_knows_nothing_and_one_with_other_problems_knows_all()
    {
        var first = Next(ObjectSet.Empty, "a");
        var other = first with { Objects = Nothing.Add(Key("x"), null!) };

        Assert.Null(other.ChangedSince(ObjectSet.Empty));
        Assert.Null(Next(other, "b").ChangedSince(ObjectSet.Empty));
        Assert.Equal(["a"], Since(first with { Kept = [Key("a")] }, ObjectSet.Empty));
    }

    [Fact]
    public void What_is_too_long_ago_is_not_known_and_is_said_to_be_so()
    {
        const int Kept = 65536;
        var full = ObjectSet.Empty.Next(Nothing.Add(Key("x"), null!), [.. Enumerable.Range(0, Kept).Select(number => Key($"o{number}"))]);

        Assert.Equal(Kept, full.ChangedSince(ObjectSet.Empty)?.Count);
        var next = Next(full, "last");
        Assert.Null(next.ChangedSince(ObjectSet.Empty));
        Assert.Null(next.ChangedSince(full));
        Assert.Equal(["more"], Since(Next(next, "more"), next));
    }

    private static ObjectSet Next(ObjectSet before, params string[] names) =>
        before.Next(before.Objects.Add(Key($"made {before.Revision} {names.Length}"), null!), [.. names.Select(Key)]);

    private static IEnumerable<string>? Since(ObjectSet set, ObjectSet earlier) =>
        set.ChangedSince(earlier)?.Select(key => key.Name.Name).Order(StringComparer.Ordinal);

    private static ObjectKey Key(string name) => new(string.Empty, "Thing", new NamespacedName("default", name));
}

using System.Collections.Immutable;
using XdsCanary.KubeRuntime.Api;
using XdsCanary.KubeRuntime.Cluster;
using XdsCanary.KubeRuntime.Objects;
using static XdsCanary.KubeRuntime.Tests.Cluster.ClusterRig;

namespace XdsCanary.KubeRuntime.Tests.Cluster;

public sealed class ClusterStoreTests
{
    private static readonly ObjectProblem Fault = new(new ObjectOrigin(null, 0), Object("a", 1).Key, "spec", "is wrong", "Write it right");

    [Theory]
    // what is known, what comes, what is known then
    [InlineData("", "put:a@5", "a@5")]
    [InlineData("put:a@5", "put:a@4", "a@5")]
    [InlineData("put:a@5", "put:a@5", "a@5")]
    [InlineData("put:a@5", "put:a@6", "a@6")]
    [InlineData("put:a@5", "remove:a@6", "")]
    [InlineData("put:a@7", "remove:a@6", "a@7")]
    [InlineData("put:a@5 remove:a@6 told:6", "put:a@5", "")]
    [InlineData("put:a@5 remove:a@6 told:6", "put:a@7", "a@7")]
    [InlineData("told:9", "put:a@8", "")]
    [InlineData("told:9 told:5", "put:a@8", "")]
    [InlineData("put:a@5 put:b@6", "list:9=a@5", "a@5")]
    [InlineData("put:a@5 put:b@12", "list:9=a@5", "a@5 b@12")]
    [InlineData("put:a@8", "list:9=a@7", "a@8")]
    [InlineData("list:9=a@5", "list:3=a@2,c@3", "a@2 c@3")]
    [InlineData("put:a@5 list:9", "put:a@8", "")]
    [InlineData("list:9=a@5", "refresh:12=b@11", "b@11")]
    [InlineData("list:9=a@5 refresh:12=b@11", "put:a@10", "b@11")]
    [InlineData("list:9=a@5 remove:a@12 told:12", "refresh:10=a@5,b@9", "")]
    [InlineData("list:9=a@5 put:a@15 told:15", "refresh:10=a@5", "a@15")]
    [InlineData("list:9=a@5", "forget", "")]
    [InlineData("list:9=a@5 forget", "put:a@5", "a@5")]
    [InlineData("list:9=a@5", "list:12=a@5,a@8,a@7", "a@8")]
    public void What_comes_counts_unless_it_is_old(string known, string comes, string then) =>
        Assert.Equal(then, Show(Apply(Apply(ClusterStore.Empty, known), comes)));

    [Fact]
    public void List_that_says_the_same_and_old_news_leave_the_same_objects()
    {
        var store = Apply(ClusterStore.Empty, "list:9=a@5,b@6").Put(Fault, 7);
        var same = Apply(store.Put(Object("b", 3)), "told:12").Refresh(
            "example.io", "Thing", [new ObjectReading([Object("a", 5), Object("b", 6)], [Fault])], 20);

        Assert.Same(store.Objects, same.Objects);
        Assert.Same(store.Problems, same.Problems);
    }

    [Fact]
    public void Fault_stays_with_the_last_good_version_until_a_newer_one_is_read()
    {
        var store = Apply(ClusterStore.Empty, "list:9=a@5").Put(Fault, 4);
        Assert.Empty(store.Problems);
        store = Apply(store.Put(Fault, 11), "told:11 put:a@10");
        Assert.Equal("a@10", Show(store));
        Assert.Single(store.Problems);

        Assert.Empty(Apply(store, "put:a@12").Problems);
        Assert.Empty(Apply(store, "remove:a@12").Problems);
        Assert.Empty(Apply(store, "list:12=a@10").Problems);
        Assert.Empty(Apply(store, "forget").Problems);
    }

    [Fact]
    public void Kinds_do_not_touch_each_other()
    {
        var other = new ObjectReading([Object("x", 3) with { Key = new ObjectKey("example.io", "Other", new("default", "x")) }], []);
        var store = Apply(ClusterStore.Empty, "list:9=a@5").Replace("example.io", "Other", [other], 20);

        Assert.Equal("a@5 x@3", Show(store));
        Assert.Equal("a@10 x@3", Show(Apply(store, "put:a@10")));
        Assert.Equal("x@3", Show(Apply(store, "list:12")));
        Assert.Equal("a@5", Show(store.Forget("example.io", "Other")));
    }

    internal static ClusterStore Apply(ClusterStore store, string steps) =>
        steps.Split(' ', StringSplitOptions.RemoveEmptyEntries).Aggregate(store, (before, step) => step.Split(':', '=') switch
        {
            ["put", var item] => before.Put(Parse(item)),
            ["remove", var item] => before.Remove(Parse(item).Key, ApiObjects.VersionOf(Parse(item))),
            ["told", var version] => before.Advance("example.io", "Thing", ulong.Parse(version)),
            ["list", var version, .. var items] => before.Replace("example.io", "Thing", Readings(items), ulong.Parse(version)),
            ["refresh", var version, .. var items] => before.Refresh("example.io", "Thing", Readings(items), ulong.Parse(version)),
            ["forget"] => before.Forget("example.io", "Thing"),
            _ => throw new ArgumentException(step, nameof(steps)),
        });

    private static ImmutableArray<ObjectReading> Readings(string[] items) =>
        [.. items.SelectMany(item => item.Split(',')).Select(item => new ObjectReading([Parse(item)], []))];

    private static SourceObject Parse(string item) => Object(item.Split('@')[0], int.Parse(item.Split('@')[1]));

    private static string Show(ClusterStore store) => string.Join(' ', store.Objects.Values
        .Select(item => $"{item.Key.Name.Name}@{ApiObjects.VersionOf(item)}").Order(StringComparer.Ordinal));
}

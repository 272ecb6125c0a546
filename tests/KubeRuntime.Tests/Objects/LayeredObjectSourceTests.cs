using System.Collections.Immutable;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.KubeRuntime.Tests.Cluster;

namespace XdsCanary.KubeRuntime.Tests.Objects;

public sealed class LayeredObjectSourceTests
{
    private readonly Lower _lower = new();
    private readonly LayeredObjectSource _source;

    public LayeredObjectSourceTests() => _source = new LayeredObjectSource(_lower);

    [Fact]
    public void Change_is_made_over_what_is_below_by_now_and_a_removed_object_shows_the_one_below()
    {
        _lower.Set(ClusterRig.Object("a", 1), ClusterRig.Object("b", 1));

        var first = _source.Change([], [ClusterRig.Object("a", 2)]);
        Assert.Equal(("a=2 b=1", first), (Show(), _source.Current.Revision));
        _lower.Set(ClusterRig.Object("a", 3), ClusterRig.Object("c", 3));
        var second = _source.Change([ClusterRig.Object("a", 2).Key], [ClusterRig.Object("d", 4)]);

        Assert.Equal(("a=3 c=3 d=4", second), (Show(), _source.Current.Revision));
        Assert.True(second > first);
        _source.Change([ClusterRig.Object("d", 4).Key], []);
        Assert.Equal("a=3 c=3", Show());
    }

    [Fact]
    public async Task Waiting_ends_when_both_layers_are_complete_in_either_order()
    {
        using var ended = new CancellationTokenSource();
        var following = _source.FollowAsync(ended.Token);
        var synced = _source.WhenSyncedAsync(TestContext.Current.CancellationToken);
        _source.CompleteUpper();
        Assert.False(_source.HasSynced);
        Assert.False(synced.IsCompleted);

        _lower.Sync();
        await synced.WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System, TestContext.Current.CancellationToken);

        await ended.CancelAsync();
        await following;
    }

    private string Show() => string.Join(' ', _source.Current.Objects.Values
        .Select(item => $"{item.Key.Name.Name}={KubeRuntime.Api.ApiObjects.VersionOf(item)}").Order(StringComparer.Ordinal));

    private sealed class Lower : IObjectSource
    {
        public ObjectSet Current { get; private set; } = ObjectSet.Empty;

        public bool HasSynced { get; private set; }

        public ChangeSignal Changed { get; } = new();

        public void Set(params SourceObject[] objects)
        {
            Current = new ObjectSet(objects.ToImmutableDictionary(item => item.Key), [], Current.Revision + 1);
            Changed.Raise();
        }

        public void Sync()
        {
            HasSynced = true;
            Changed.Raise();
        }
    }
}

using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using XdsCanary.CanaryEngine.Kubernetes;
using XdsCanary.CanaryEngine.Tests.Reconcile;
using XdsCanary.KubeRuntime.Api;
using XdsCanary.KubeRuntime.Documents;
using XdsCanary.KubeRuntime.Leadership;
using XdsCanary.KubeRuntime.Objects;
using static XdsCanary.CanaryEngine.Tests.Kubernetes.KubeSamples;

namespace XdsCanary.CanaryEngine.Tests.Kubernetes;

/// <summary>What a follower makes of the leader's word on where the traffic goes.</summary>
public sealed class ToldRoutesTests
{
    private const string Resource = "trafficsplits";

    private readonly MemorySource _cluster = new(ObjectSet.Empty);
    private readonly LayeredObjectSource _served;
    private readonly Role _role = new();
    private readonly ToldRoutes _routes;

    public ToldRoutesTests()
    {
        _served = new LayeredObjectSource(_cluster);
        _served.CompleteUpper();
        _routes = new ToldRoutes(_cluster, _served, _role, NullLogger<ToldRoutes>.Instance);
        Says(Split(20));
    }

    [Fact]
    public void A_follower_serves_what_the_leader_says_in_place_of_what_the_API_server_said()
    {
        _routes.Use(1, [Split(0)]);

        Assert.Equal(0, CanaryWeight());
    }

    [Fact]
    public void It_counts_until_the_API_server_says_something_newer()
    {
        _routes.Use(1, [Split(0)]);
        _routes.Review();
        Assert.Equal(0, CanaryWeight());

        Says(Split(30));
        _routes.Review();

        Assert.Equal(30, CanaryWeight());
    }

    [Fact]
    public void A_later_word_replaces_an_earlier_one()
    {
        _routes.Use(1, [Split(0)]);
        _routes.Use(1, [Split(50)]);

        Assert.Equal(50, CanaryWeight());
    }

    [Theory]
    [InlineData(LeadershipState.Leading)]
    [InlineData(LeadershipState.Detached)]
    public void Whoever_decides_itself_takes_no_word_of_another(LeadershipState state)
    {
        _role.State = state;

        _routes.Use(1, [Split(0)]);

        Assert.Equal(20, CanaryWeight());
    }

    [Fact]
    public void A_leader_that_another_one_has_followed_is_not_listened_to()
    {
        _role.Term = 2;

        Assert.False(_routes.Use(1, [Split(0)]));
        Assert.Equal(20, CanaryWeight());
        Assert.True(_routes.Use(2, [Split(0)]));
        Assert.Equal(0, CanaryWeight());
    }

    [Fact]
    public void Its_word_counts_no_longer_once_another_one_is_known_to_lead()
    {
        _routes.Use(1, [Split(0)]);
        _role.Term = 2;

        _routes.Review();

        Assert.Equal(20, CanaryWeight());
    }

    // It was cut off when that one came to lead.
    [Fact]
    public void A_leader_that_is_not_known_yet_is_listened_to()
    {
        _routes.Use(7, [Split(0)]);

        Assert.Equal(0, CanaryWeight());
    }

    [Fact]
    public void Of_two_leaders_the_later_one_counts_even_for_a_follower_that_is_cut_off()
    {
        _routes.Use(6, [Split(30)]);

        Assert.False(_routes.Use(5, [Split(0)]));
        Assert.Equal(30, CanaryWeight());
    }

    [Fact]
    public void What_a_later_leader_says_as_well_counts_as_its_word()
    {
        _routes.Use(1, [Split(0)]);
        _routes.Use(2, [Split(0)]);
        _role.Term = 2;

        _routes.Review();

        Assert.Equal(0, CanaryWeight());
    }

    [Fact]
    public void A_follower_that_comes_to_lead_goes_by_the_API_server()
    {
        _routes.Use(1, [Split(0)]);
        _role.State = LeadershipState.Leading;

        _routes.Review();

        Assert.Equal(20, CanaryWeight());
    }

    [Fact]
    public void What_is_no_TrafficSplit_is_refused_and_nothing_with_it_is_served()
    {
        var other = Read("{apiVersion: v1, kind: Service, metadata: {name: web, namespace: test}}");

        var refusal = Assert.Throws<FormatException>(() => _routes.Use(1, [Split(0), other]));

        Assert.Equal("A TrafficSplit with name and namespace is expected, not Service of v1.", refusal.Message);
        Assert.Equal(20, CanaryWeight());
    }

    private void Says(JsonObject split)
    {
        var item = ApiObjects.Read(split, new ApiResource("split.smi-spec.io", "v1alpha4", Resource, "TrafficSplit"));
        _cluster.Use(_cluster.Current.Next(ImmutableDictionary<ObjectKey, SourceObject>.Empty.Add(item.Key, item), [item.Key]));
        _served.Change([], []);
    }

    private int CanaryWeight()
    {
        var backends = (SequenceNode)((MappingNode)Assert.Single(_served.Current.Objects.Values).Root.Find("spec")!).Find("backends")!;
        return int.Parse(((ScalarNode)((MappingNode)backends.Items[1]).Find("weight")!).Text, System.Globalization.CultureInfo.InvariantCulture);
    }

    private static JsonObject Split(int canary) => Read($$"""
        apiVersion: split.smi-spec.io/v1alpha4
        kind: TrafficSplit
        metadata: {name: web, namespace: test}
        spec:
          service: web
          backends: [{service: web-primary, weight: {{100 - canary}}}, {service: web-canary, weight: {{canary}}}]
        """);

    private sealed class Role : ILeadership
    {
        public LeadershipState State { get; set; } = LeadershipState.Following;

        public bool MayWrite => State == LeadershipState.Leading;

        public string Leader => "other";

        public int Term { get; set; } = 1;

        public ChangeSignal Changed { get; } = new();
    }
}

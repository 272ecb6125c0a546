using XdsCanary.XdsServer.Ingest;
using XdsCanary.XdsServer.Model;
using static XdsCanary.XdsServer.Tests.MeshManifests;

namespace XdsCanary.XdsServer.Tests.Ingest;

public class SplitResolverTests
{
    [Theory]
    [InlineData("OSM-12", "b: 70, a: 30", "web:80 a=30 b=70")]
    [InlineData("OSM-14", "a: 0, b: 100", "web:80 a=0 b=100")]
    [InlineData("OSM-04 TRA-04", "a: 10, gone: 80, b: 10", "web:80 a=10 b=10")]
    [InlineData("OSM-05", "gone: 1, lost: 2", "web:80 refused")]
    [InlineData("OSM-13 IST-05", "a: 0, b: 0", "web:80 refused")]
    [InlineData("OSM-18 OSM-21", "web: 100", "web:80 web=100")]
    [InlineData("LNK-15 TRA-16", "web: 90, a: 10", "web:80 a=10 web=90")]
    [InlineData("OSM-32", "a: 50, a: 50", "web:80 a=100")]
    [InlineData("OSM-33 IST-08", "a: 10, a: 20, b: 70", "web:80 a=30 b=70")]
    [InlineData("IST-01", "a: 1000, b: 2000", "web:80 a=1000 b=2000")]
    [InlineData("IST-02", "a: 1000, b: 1000, c: 1000", "web:80 a=1000 b=1000 c=1000")]
    [InlineData("IST-03", "a: 20, b: 30, c: 50", "web:80 a=20 b=30 c=50")]
    [InlineData("IST-04", "a: 5, b: 10, c: 20", "web:80 a=5 b=10 c=20")]
    [InlineData("IST-06", "a: 1, b: 999", "web:80 a=1 b=999")]
    [InlineData("LNK-01", "a: 500m, b: 500m", "web:80 a=1 b=1")]
    [InlineData("LNK-11", "a, b: 1", "web:80 a=0 b=1")]
    [InlineData("LNK-14", "a: 500m, b: 0m", "web:80 a=1 b=0")]
    [InlineData("CRX-05", "a: 250m, b: 750m", "web:80 a=1 b=3")]
    [InlineData("OSM-51", "a.default: 1, b.default.svc: 2, c.default.svc.cluster.local: 3", "web:80 a=1 b=2 c=3")]
    public void Backends_get_weights(string id, string backends, string expected)
    {
        var assembly = Assemble(Services("web", "a", "b", "c") + Split("s", "web", backends));

        Assert.True(expected == Rules(assembly).Single(), $"{id}: {Rules(assembly).Single()}");
    }

    [Fact]
    public void IST_07_many_small_weights_all_stay_positive()
    {
        var names = Enumerable.Range(0, 60).Select(index => $"s{index}").ToArray();
        var backends = string.Join(", ", names.Select(name => $"{name}: 1"));
        var assembly = Assemble(Services([.. names, "web"]) + Split("s", "web", backends));

        Assert.All(Assert.Single(assembly.State.Rules).Backends, backend => Assert.Equal(1u, backend.Weight));
    }

    [Theory]
    [InlineData("OSM-54", "a: 1000, b: -200")]
    [InlineData("CRX-06", "a: 1, b: x")]
    public void Unusable_weight_is_reported_and_others_are_served(string id, string backends)
    {
        var assembly = Assemble(
            Services("web", "other", "a", "b") + Split("bad", "web", backends) + Split("good", "other", "a: 1"));

        Assert.Equal(["other:80 a=1"], Rules(assembly));
        var condition = Condition(assembly, "TrafficSplit", "bad", ConditionTypes.Accepted);
        Assert.Equal((false, ConditionReasons.InvalidWeight), (condition.Status, condition.Reason));
        Assert.True("spec.backends[1].weight" == Assert.Single(condition.Problems).Field, id);
    }

    [Fact]
    public void TRA_03_root_missing_is_inert_until_it_appears()
    {
        var yaml = Services("a", "b") + Split("s", "web", "a: 1") + Split("t", "b", "a: 1");
        var first = Assemble(yaml);
        var second = MeshAssembler.Assemble(first, TestObjects.Read(yaml + Services("web")), new MeshOptions());

        Assert.Equal(["b:80 a=1"], Rules(first));
        Assert.Equal(ConditionReasons.RootNotFound, Reasons(first, "s").ResolvedRefs);
        Assert.Equal(["b:80 a=1", "web:80 a=1"], Rules(second));
        Assert.Equal(ConditionReasons.Accepted, Reasons(second, "s").ResolvedRefs);
    }

    [Fact]
    public void OSM_04_TRA_05_backend_without_a_port_of_the_root_gets_nothing_of_that_port_only()
    {
        var assembly = Assemble(
            Service("web", "[{name: x, port: 80}, {name: y, port: 81}]")
            + Service("a", "[{name: x, port: 80}, {name: z, port: 81}]")
            + Services("b") + Split("s", "web", "a: 1, b: 3"));

        Assert.Equal(["web:80 a=1 b=3", "web:81 a=1"], Rules(assembly));
        Assert.Equal(ConditionReasons.BackendPortMismatch, Reasons(assembly, "s").ResolvedRefs);
    }

    [Fact]
    public void Port_that_no_backend_has_is_refused_alone()
    {
        var assembly = Assemble(
            Service("web", "[{name: x, port: 80}, {name: y, port: 81}]") + Services("a") + Split("s", "web", "a: 1"));

        Assert.Equal(["web:80 a=1", "web:81 refused"], Rules(assembly));
        Assert.Equal(ConditionReasons.ZeroTotalWeight, Reasons(assembly, "s").Accepted);
    }

    [Fact]
    public void OSM_07_root_is_looked_up_in_the_own_namespace_only()
    {
        var assembly = Assemble(Service("web", "[{port: 80}]", space: "other") + Services("a") + Split("s", "web", "a: 1"));

        Assert.Empty(Rules(assembly));
    }

    [Theory]
    [InlineData("web.other", "a: 1")]
    [InlineData("example.com", "a: 1")]
    public void OSM_51_root_outside_of_the_namespace_is_refused(string root, string backends)
    {
        var assembly = Assemble(Services("web", "a") + Split("s", root, backends));

        Assert.Empty(Rules(assembly));
        Assert.Equal(ConditionReasons.CrossNamespace, Reasons(assembly, "s").Accepted);
    }

    [Fact]
    public void Backend_outside_of_the_namespace_is_left_out()
    {
        var assembly = Assemble(Services("web", "a") + Split("s", "web.default", "a: 1, a.other: 9"));

        Assert.Equal(["web:80 a=1"], Rules(assembly));
        Assert.Equal(ConditionReasons.CrossNamespace, Reasons(assembly, "s").ResolvedRefs);
    }

    [Fact]
    public void LNK_13_full_names_follow_the_cluster_domain()
    {
        var yaml = Services("web", "a") + Split("s", "web.default.svc.corp.example", "a: 1");

        Assert.Equal(["web:80 a=1"], Rules(Assemble(yaml, new MeshOptions { ClusterDomain = "corp.example" })));
        Assert.Empty(Rules(Assemble(yaml)));
    }

    [Fact]
    public void TRA_02_splits_that_name_each_other_use_leaves_only()
    {
        var assembly = Assemble(Services("a", "b") + Split("s", "a", "b: 1") + Split("t", "b", "a: 1"));

        Assert.Equal(["a:80 b=1", "b:80 a=1"], Rules(assembly));
    }

    // One release of Crossover serves one split; two on one configuration reset each other's weights.
    [Fact]
    public void H_34_all_splits_are_merged_in_one_pass()
    {
        var assembly = Assemble(
            Services("web", "a", "b", "shop", "c", "d") + Split("s", "web", "a: 90, b: 10") + Split("t", "shop", "c: 30, d: 70"));

        Assert.Equal(["shop:80 c=30 d=70", "web:80 a=90 b=10"], Rules(assembly));
    }

    [Fact]
    public void TRA_12_nested_split_is_not_expanded_and_noticed()
    {
        var assembly = Assemble(Services("web", "a", "b") + Split("s", "web", "a: 1") + Split("t", "a", "b: 1"));

        Assert.Equal(["a:80 b=1", "web:80 a=1"], Rules(assembly));
        var condition = Condition(assembly, "TrafficSplit", "s", ConditionTypes.Accepted);
        Assert.Equal((true, ConditionReasons.NestedSplit), (condition.Status, condition.Reason));
    }

    [Theory]
    [InlineData("creationTimestamp: '2024-01-02T00:00:00Z'", "creationTimestamp: '2024-01-01T00:00:00Z'", "web:80 b=1")]
    [InlineData("creationTimestamp: '2024-01-01T00:00:00Z'", "creationTimestamp: '2024-01-01T00:00:00Z'", "web:80 a=1")]
    [InlineData("", "creationTimestamp: '2024-01-01T00:00:00Z'", "web:80 b=1")]
    [InlineData("", "", "web:80 a=1")]
    public void OSM_06_OSM_55_LNK_09_TRA_17_older_split_wins_whatever_the_order(string first, string second, string expected)
    {
        var services = Services("web", "a", "b");
        var one = Split("s", "web", "a: 1", metadata: first);
        var two = Split("t", "web", "b: 1", metadata: second);

        Assert.Equal([expected], Rules(Assemble(services + one + two)));
        Assert.Equal([expected], Rules(Assemble(services + two + one)));
        var loser = expected.EndsWith("b=1", StringComparison.Ordinal) ? "s" : "t";
        Assert.Equal(ConditionReasons.SplitConflict, Reasons(Assemble(services + one + two), loser).Accepted);
    }

    [Fact]
    public void LNK_10_survivor_applies_when_one_of_two_splits_goes()
    {
        var services = Services("web", "a", "b");
        var both = Assemble(services + Split("s", "web", "a: 1") + Split("t", "web", "b: 1"));
        var one = MeshAssembler.Assemble(both, TestObjects.Read(services + Split("t", "web", "b: 1")), new MeshOptions());

        Assert.Equal(["web:80 b=1"], Rules(one));
        Assert.True(Report(one, "TrafficSplit", "t").IsHealthy);
    }

    [Fact]
    public void LNK_02_LNK_05_LNK_08_edits_replace_and_deletion_reverts()
    {
        var services = Services("web", "other", "a", "b");
        var made = Assemble(services + Split("s", "web", "a: 1"));
        var edited = MeshAssembler.Assemble(made, TestObjects.Read(services + Split("s", "web", "b: 1")), made.Options);
        var renamed = MeshAssembler.Assemble(edited, TestObjects.Read(services + Split("s", "other", "b: 1")), made.Options);
        var deleted = MeshAssembler.Assemble(renamed, TestObjects.Read(services), made.Options);

        Assert.Equal(["web:80 b=1"], Rules(edited));
        Assert.Equal(["other:80 b=1"], Rules(renamed));
        Assert.Empty(Rules(deleted));
    }

    [Fact]
    public void LNK_03_skip_annotation_leaves_the_service_alone()
    {
        const string Skip = "annotations: {xdscanary.io/skip: 'yes'}";
        var bySplit = Assemble(Services("web", "a") + Split("s", "web", "a: 1", metadata: Skip));
        var byRoot = Assemble(
            Service("web", "[{port: 80}]", "{xdscanary.io/skip: 'yes'}") + Services("a") + Split("s", "web", "a: 1"));

        Assert.Empty(Rules(bySplit));
        Assert.Empty(Rules(byRoot));
        Assert.Equal(ConditionReasons.Skipped, Reasons(byRoot, "s").Accepted);
    }

    [Fact]
    public void OSM_46_split_of_a_byte_stream_service_is_reported()
    {
        var assembly = Assemble(Service("web", "[{port: 80, appProtocol: tcp}]") + Services("a") + Split("s", "web", "a: 1"));

        Assert.Empty(Rules(assembly));
        Assert.Equal(ConditionReasons.NoHttpPort, Reasons(assembly, "s").Accepted);
    }

    [Fact]
    public void OSM_32_duplicate_is_a_notice()
    {
        var assembly = Assemble(Services("web", "a") + Split("s", "web", "a: 1, a: 1"));

        Assert.Equal(ConditionReasons.DuplicateBackend, Reasons(assembly, "s").Accepted);
        Assert.True(Report(assembly, "TrafficSplit", "s").IsHealthy);
    }
}

using XdsCanary.XdsServer.Ingest;
using XdsCanary.XdsServer.Model;
using static XdsCanary.XdsServer.Tests.MeshManifests;

namespace XdsCanary.XdsServer.Tests.Ingest;

public class SplitMatchTests
{
    [Theory]
    [InlineData("OSM-37", "{name: m, pathRegex: '/x', methods: [GET], headers: {a: b}}", "(?:/x).* GET a=b")]
    [InlineData("OSM-38", "{name: m, pathRegex: '/x'}", "(?:/x).*  ")]
    [InlineData("OSM-39", "{name: m, methods: [PUT, GET]}", " GET,PUT ")]
    [InlineData("OSM-40", "{name: m, headers: [{B: c}, {a: d}]}", "  a=d,b=c")]
    [InlineData("OSM-43", "{name: m, headers: {host: example}}", "  :authority=example")]
    [InlineData("OSM-44 TRA-09", "{name: m, methods: [GET, '*', GET]}", "  ")]
    [InlineData("end anchor", "{name: m, pathRegex: '^/x$'}", "/x  ")]
    [InlineData("escaped end", @"{name: m, pathRegex: '^/x\$'}", @"(?:/x\$).*  ")]
    [InlineData("alternatives", "{name: m, pathRegex: '^/x|/y$'}", "(?:^/x|/y$).*  ")]
    public void Match_is_read(string id, string match, string expected)
    {
        var assembly = Assemble(Services("web", "a") + RouteGroup("g", $"[{match}]") + Split("s", "web", "a: 1", MatchRef("g")));

        var found = Assert.Single(assembly.State.Rules).Match!;
        var headers = string.Join(',', found.Headers.Items.Select(header => $"{header.Name}={header.Value.Value}"));
        var actual = $"{found.PathRegex} {string.Join(',', found.Methods)} {headers}";
        Assert.True(expected == actual, $"{id}: {actual}");
    }

    [Fact]
    public void Full_anchoring_takes_the_expression_as_it_is()
    {
        var assembly = Assemble(
            Services("web", "a") + RouteGroup("g", "[{name: m, pathRegex: ^/x}]") + Split("s", "web", "a: 1", MatchRef("g")),
            new MeshOptions { RegexAnchoring = RegexAnchoring.Full });

        Assert.Equal("^/x", Assert.Single(assembly.State.Rules).Match!.PathRegex);
    }

    [Theory]
    [InlineData("TRA-06", "matches: [{kind: HTTPRouteGroup, name: gone}]", ConditionReasons.MatchNotFound)]
    [InlineData("TRA-07", "matches: [{kind: TCPRoute, name: g}]", ConditionReasons.UnsupportedMatch)]
    [InlineData("group", "matches: [{apiGroup: other.io, kind: HTTPRouteGroup, name: g}]", ConditionReasons.UnsupportedMatch)]
    [InlineData("OSM-41", "matches: [{kind: HTTPRouteGroup, name: empty}]", ConditionReasons.EmptyRouteGroup)]
    [InlineData(
        "one of two",
        "matches: [{kind: HTTPRouteGroup, name: g}, {kind: HTTPRouteGroup, name: gone}]",
        ConditionReasons.MatchNotFound)]
    public void Unresolved_match_takes_no_request(string id, string matches, string reason)
    {
        var assembly = Assemble(
            Services("web", "a") + RouteGroup("g", "[{name: m, methods: [GET]}]") + RouteGroup("empty", "[]")
            + Split("s", "web", "a: 1", matches));

        Assert.Empty(Rules(assembly));
        Assert.True(reason == Reasons(assembly, "s").ResolvedRefs, id);
    }

    [Fact]
    public void Invalid_regex_makes_the_split_inert_and_is_reported_on_both()
    {
        var assembly = Assemble(
            Services("web", "a") + RouteGroup("g", "[{name: m, pathRegex: '(?=x)'}]") + Split("s", "web", "a: 1", MatchRef("g")));

        Assert.Empty(Rules(assembly));
        Assert.Equal(ConditionReasons.InvalidRegex, Reasons(assembly, "s").ResolvedRefs);
        var group = Condition(assembly, "HTTPRouteGroup", "g", ConditionTypes.Accepted);
        Assert.Equal(ConditionReasons.InvalidRegex, group.Reason);
        Assert.Equal("spec.matches[0].pathRegex", Assert.Single(group.Problems).Field);
    }

    [Fact]
    public void Top_level_matches_are_accepted_and_spec_wins()
    {
        const string Group = """
            ---
            apiVersion: specs.smi-spec.io/v1alpha2
            kind: HTTPRouteGroup
            metadata: {name: g}
            matches: [{name: m, methods: [GET]}]

            """;
        var old = Assemble(Services("web", "a") + Group + Split("s", "web", "a: 1", MatchRef("g")));
        var both = Assemble(
            Services("web", "a")
            + Group + "spec: {matches: [{name: m, methods: [PUT]}]}\n" + Split("s", "web", "a: 1", MatchRef("g")));

        Assert.Equal(["GET"], Assert.Single(old.State.Rules).Match!.Methods);
        Assert.Equal(["PUT"], Assert.Single(both.State.Rules).Match!.Methods);
    }

    [Fact]
    public void TRA_08_TRA_10_TRA_11_matches_of_several_splits_stand_by_specificity_with_the_rest_last()
    {
        var assembly = Assemble(
            Services("web", "a", "b", "c")
            + RouteGroup("few", "[{name: one, methods: [GET]}, {name: two, pathRegex: /x, methods: [GET]}]")
            + RouteGroup("many", "[{name: three, pathRegex: /x, methods: [GET], headers: {h: v}}]")
            + Split("all", "web", "c: 1")
            + Split("s", "web", "a: 1", MatchRef("few")) + Split("t", "web", "b: 1", MatchRef("many")));

        Assert.Equal(["web:80 [3] b=1", "web:80 [2] a=1", "web:80 [1] a=1", "web:80 c=1"], Rules(assembly));
    }

    [Fact]
    public void OSM_30_OSM_31_identical_match_belongs_to_the_senior_split()
    {
        var assembly = Assemble(
            Services("web", "a", "b") + RouteGroup("g", "[{name: m, methods: [GET]}]")
            + RouteGroup("h", "[{name: n, methods: [GET]}, {name: o, methods: [PUT]}]")
            + Split("s", "web", "a: 1", MatchRef("g", "g")) + Split("t", "web", "b: 1", MatchRef("h")));

        Assert.Equal(["web:80 [1] a=1", "web:80 [1] b=1"], Rules(assembly));
        Assert.Equal(ConditionReasons.SplitConflict, Reasons(assembly, "t").Accepted);
    }

    [Theory]
    [InlineData("{name: m, methods: [FETCH]}", "spec.matches[0].methods[0]")]
    [InlineData("{pathRegex: /x}", "spec.matches[0].name")]
    [InlineData("{name: m, pathRegx: /x}", "spec.matches[0].pathRegx")]
    [InlineData("{name: m, headers: [{a: b, c: d}]}", "spec.matches[0].headers[0]")]
    [InlineData("{name: m, headers: {a: '['}}", "spec.matches[0].headers[a]")]
    public void Fault_of_a_match_is_reported_at_its_field(string match, string field)
    {
        var assembly = Assemble(RouteGroup("g", $"[{match}]"));

        Assert.Equal(field, Assert.Single(Report(assembly, "HTTPRouteGroup", "g").Problems).Field);
    }
}

using XdsCanary.XdsServer.Ingest;
using XdsCanary.XdsServer.Model;
using static XdsCanary.XdsServer.Tests.MeshManifests;

namespace XdsCanary.XdsServer.Tests.Ingest;

public class RoutingAnnotationTests
{
    private const string Path = "metadata.annotations[xdscanary.io/routing]";

    private const string Cookies =
        """
        "affinity":{"backend":"c","cookie":"n=abc","maxAgeSeconds":9,"fallback":"p","primaryCookie":"m=x","primaryMaxAgeSeconds":5,"previousCookie":"n=old","attributes":"Path=/"}
        """;

    [Fact]
    public void RTR_34_each_match_goes_by_the_weights_and_the_rest_to_the_fallback()
    {
        var rules = Rules(Assemble(
            """{"match":[{"headers":[{"name":"Host","exact":"a"}]},{"queryParams":[{"name":"v","regex":"b.*"}]}],"fallback":"p"}""",
            "p: 0, c: 1"));

        Assert.Equal(["app:80 [1] c=1 p=0", "app:80 [1] c=1 p=0", "app:80 p=1"], rules);
    }

    [Fact]
    public void Conditions_of_a_route_group_hold_besides_those_of_the_annotation()
    {
        var assembly = MeshManifests.Assemble(
            Services("app", "p", "c") + RouteGroup("g", "[{name: m, pathRegex: /x, headers: {b: c}}]")
            + Split(
                "s", "app", "p: 0, c: 1", MatchRef("g"),
                Annotation("""{"match":[{"headers":[{"name":"A","prefix":"v"}]}],"fallback":"p"}""")));

        Assert.Equal(["app:80 [3] c=1 p=0", "app:80 [2] p=1"], MeshManifests.Rules(assembly));
        Assert.DoesNotContain(assembly.State.Rules.Items, rule => rule.CarriesWeights);
        Assert.Equal(["a", "b"], assembly.State.Rules[0].Match!.Headers.Items.Select(header => header.Name));
    }

    [Fact]
    public void RTR_27_RTR_30_cookies_of_both_sides_keep_clients_while_weights_are_split()
    {
        var rules = Assemble($"{{{Cookies}}}", "p: 9, c: 1").State.Rules;

        Assert.Equal(
            ["c=1", "p=1", "p=1", "c=1 p=9"],
            rules.Items.Select(rule => string.Join(' ', rule.Backends.Items.Select(share => $"{share.Service}={share.Weight}"))));
        Assert.Equal([null, null, "n=old; Max-Age=-1; Path=/"], rules.Items.Take(3).Select(rule => rule.Backends[0].SetCookie));
        Assert.Equal(
            ["n=abc; Max-Age=9; Path=/", "m=x; Max-Age=5; Path=/"], rules[3].Backends.Items.Select(share => share.SetCookie));
        Assert.Equal([false, false, false, true], rules.Items.Select(rule => rule.CarriesWeights));
    }

    [Theory]
    [InlineData("p: 1, c: 0", "p=1 n=old; Max-Age=-1; Path=/|c=0 |p=1 ")]
    [InlineData("p: 0, c: 1", "c=1 |p=1 n=old; Max-Age=-1; Path=/|c=1 n=abc; Max-Age=9; Path=/|p=0 m=x; Max-Age=5; Path=/")]
    public void RTR_29_without_a_choice_only_the_cookies_that_can_be_honoured_count(string backends, string expected)
    {
        var shares = Assemble($"{{{Cookies}}}", backends).State.Rules.Items
            .SelectMany(rule => rule.Backends.Items)
            .Select(share => $"{share.Service}={share.Weight} {share.SetCookie}");

        Assert.Equal(expected, string.Join('|', shares));
    }

    [Theory]
    [InlineData("n=abc", true)]
    [InlineData("a=b; n=abc", true)]
    [InlineData("a=b;n=abc ;c=d", true)]
    [InlineData("n=abcd", false)]
    [InlineData("xn=abc", false)]
    [InlineData("x=n=abc", false)]
    [InlineData("n=ab", false)]
    public void Cookie_is_known_as_a_whole(string header, bool expected)
    {
        var match = Assemble($"{{{Cookies}}}", "p: 9, c: 1").State.Rules[0].Match!.Headers[0];

        Assert.Equal("cookie", match.Name);
        Assert.Matches(expected ? $"^(?:{match.Value.Value})$" : $"^(?!(?:{match.Value.Value})$)", header);
    }

    [Fact]
    public void RTR_28_copies_go_to_the_mirror_unless_it_gets_requests_of_its_own()
    {
        const string Text = """{"mirror":{"backend":"c","percent":30},"match":[{"headers":[{"name":"a","exact":""}]}],"fallback":"p"}""";

        var idle = Assemble(Text, "p: 1, c: 0");
        Assert.All(idle.State.Rules.Items, rule => Assert.Equal(new MirrorPolicy("c", 30), rule.Mirror));
        Assert.Equal("Accepted", Reasons(idle, "s").Accepted);

        var busy = Assemble(Text, "p: 1, c: 1");
        Assert.Equal([null, new MirrorPolicy("c", 30)], busy.State.Rules.Items.Select(rule => rule.Mirror));
        Assert.Equal(ConditionReasons.MirrorIdle, Reasons(busy, "s").Accepted);
        Assert.True(Report(busy, "TrafficSplit", "s").IsHealthy);
    }

    [Fact]
    public void Fallback_that_is_not_there_refuses_instead_of_guessing()
    {
        var assembly = MeshManifests.Assemble(Services("app", "c") + Split(
            "s", "app", "p: 0, c: 1", "", Annotation("""{"match":[{"headers":[{"name":"a","exact":"b"}]}],"fallback":"p"}""")));

        Assert.Equal(["app:80 [1] c=1", "app:80 refused"], MeshManifests.Rules(assembly));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("[]", "")]
    [InlineData("{", "")]
    [InlineData("{} {}", "")]
    [InlineData("""{"mirorr":{}}""", ".mirorr")]
    [InlineData("""{"mirror":{}}""", ".mirror.backend")]
    [InlineData("""{"mirror":{"backend":"x"}}""", ".mirror.backend")]
    [InlineData("""{"mirror":{"backend":"c","percent":101}}""", ".mirror.percent")]
    [InlineData("""{"mirror":{"backend":"c","percent":"1"}}""", ".mirror.percent")]
    [InlineData("""{"match":[{}],"fallback":"p"}""", ".match[0]")]
    [InlineData("""{"match":[{"headers":[{"name":"a","exact":"b"}]}]}""", ".fallback")]
    [InlineData("""{"match":[{"headers":[{"name":"a b","exact":"b"}]}],"fallback":"p"}""", ".match[0].headers[0].name")]
    [InlineData("""{"match":[{"headers":[{"name":"a"}]}],"fallback":"p"}""", ".match[0].headers[0]")]
    [InlineData("""{"match":[{"headers":[{"name":"a","exact":"b","prefix":"b"}]}],"fallback":"p"}""", ".match[0].headers[0]")]
    [InlineData("""{"match":[{"queryParams":[{"name":"a","prefix":""}]}],"fallback":"p"}""", ".match[0].queryParams[0].prefix")]
    [InlineData("""{"match":[{"queryParams":[{"name":"a","regex":"(?=b)"}]}],"fallback":"p"}""", ".match[0].queryParams[0].regex")]
    [InlineData("""{"affinity":{"cookie":"a=b"}}""", ".affinity.backend")]
    [InlineData("""{"affinity":{"backend":"c","cookie":"a"}}""", ".affinity.cookie")]
    [InlineData("""{"affinity":{"backend":"c","cookie":"a=b; Path=/"}}""", ".affinity.cookie")]
    [InlineData("""{"affinity":{"backend":"c","cookie":"a=b","maxAgeSeconds":-2}}""", ".affinity.maxAgeSeconds")]
    [InlineData("""{"affinity":{"backend":"c","primaryCookie":"a=b"}}""", ".affinity.fallback")]
    [InlineData("""{"affinity":{"backend":"c","previousCookie":"a=b","fallback":"d"}}""", ".affinity.fallback")]
    [InlineData("""{"affinity":{"backend":"c","attributes":"Path=/\r\nx: y"}}""", ".affinity.attributes")]
    public void Fault_is_reported_at_its_field_with_a_mend(string text, string field)
    {
        var problem = Assert.Single(Report(Assemble(text, "p: 1, c: 0"), "TrafficSplit", "s").Problems);

        Assert.Equal(Path + field, problem.Field);
        Assert.NotEmpty(problem.Fix);
        Assert.NotEqual(0, problem.Origin.Line);
    }

    [Fact]
    public void All_faults_are_reported_and_the_last_good_version_stays()
    {
        var options = new MeshOptions();
        var good = TestObjects.Read(Yaml("""{"mirror":{"backend":"c"}}""", "p: 1, c: 0"));
        var first = MeshAssembler.Assemble(null, good, options);
        var bad = TestObjects.Read(Yaml("""{"mirror":{"backend":"x","percent":-1},"fallback":"y"}""", "p: 0, c: 1"), good);
        var second = MeshAssembler.Assemble(first, bad, options);

        Assert.Same(first.State, second.State);
        Assert.Equal(new MirrorPolicy("c", 100), Assert.Single(second.State.Rules.Items).Mirror);
        var report = Report(second, "TrafficSplit", "s");
        Assert.True(report.LastGoodInUse);
        Assert.Equal(
            [$"{Path}.fallback", $"{Path}.mirror.backend", $"{Path}.mirror.percent"],
            report.Problems.Select(problem => problem.Field).Order(StringComparer.Ordinal));
    }

    private static MeshAssembly Assemble(string text, string backends) => MeshManifests.Assemble(Yaml(text, backends));

    private static string Yaml(string text, string backends) =>
        Services("app", "p", "c") + Split("s", "app", backends, "", Annotation(text));

    private static string Annotation(string text) => $"annotations: {{xdscanary.io/routing: '{text.Trim().ReplaceLineEndings("")}'}}";

    private static string[] Rules(MeshAssembly assembly) => MeshManifests.Rules(assembly);
}

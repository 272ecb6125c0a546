using Envoy.Config.Route.V3;
using Envoy.Type.Matcher.V3;
using Envoy.Type.V3;
using XdsCanary.DemoProxy.Reading;
using XdsCanary.DemoProxy.Tests.Kit;

namespace XdsCanary.DemoProxy.Tests.Model;

public sealed class RouteMatchTests
{
    [Theory]
    [InlineData("/api", true)]
    [InlineData("/api/v1?x=1", true)]
    [InlineData("/apis", true)]
    [InlineData("/Api", false)]
    public void Prefix_matches_the_beginning(string path, bool expected) =>
        Assert.Equal(expected, Matches(new RouteMatch { Prefix = "/api" }, path));

    [Theory]
    [InlineData("/api", true)]
    [InlineData("/api/v1", true)]
    [InlineData("/api?x=1", true)]
    [InlineData("/apis", false)]
    public void Path_separated_prefix_ends_with_a_segment(string path, bool expected) =>
        Assert.Equal(expected, Matches(new RouteMatch { PathSeparatedPrefix = "/api" }, path));

    [Theory]
    [InlineData("/api?x=1", true)]
    [InlineData("/API", true)]
    [InlineData("/api/", false)]
    public void Path_matches_all_but_the_query(string path, bool expected) =>
        Assert.Equal(expected, Matches(new RouteMatch { Path = "/api", CaseSensitive = false }, path));

    [Theory]
    [InlineData("/api/12", true)]
    [InlineData("/api/12?x=ab", true)]
    [InlineData("/api/12/x", false)]
    [InlineData("/v/api/12", false)]
    public void Regex_matches_the_whole_path_without_query(string path, bool expected) =>
        Assert.Equal(expected, Matches(new RouteMatch { SafeRegex = new RegexMatcher { Regex = "/api/[0-9]+" } }, path));

    [Theory]
    [InlineData("exact", "canary", true)]
    [InlineData("exact", "Canary", false)]
    [InlineData("prefix", "canary-1", true)]
    [InlineData("suffix", "a-canary", true)]
    [InlineData("contains", "a-canary-1", true)]
    [InlineData("regex", "canary", true)]
    [InlineData("regex", "canary1", false)]
    [InlineData("exact", null, false)]
    public void Header_is_compared_as_the_matcher_says(string kind, string? value, bool expected)
    {
        var matcher = kind switch
        {
            "exact" => new StringMatcher { Exact = "canary" },
            "prefix" => new StringMatcher { Prefix = "canary" },
            "suffix" => new StringMatcher { Suffix = "canary" },
            "contains" => new StringMatcher { Contains = "canary" },
            _ => new StringMatcher { SafeRegex = new RegexMatcher { Regex = "can.ry" } },
        };

        Assert.Equal(expected, MatchesHeader(new HeaderMatcher { Name = "X-User", StringMatch = matcher }, value));
    }

    [Theory]
    [InlineData("canary", false)]
    [InlineData("other", true)]
    [InlineData(null, false)]
    public void Inverted_comparison_needs_the_header(string? value, bool expected) => Assert.Equal(
        expected,
        MatchesHeader(
            new HeaderMatcher { Name = "x-user", StringMatch = new StringMatcher { Exact = "canary" }, InvertMatch = true }, value));

    [Fact]
    public void Missing_header_counts_as_empty_when_told_so() => Assert.True(MatchesHeader(
        new HeaderMatcher
        {
            Name = "x-user",
            StringMatch = new StringMatcher { Exact = "a" },
            InvertMatch = true,
            TreatMissingHeaderAsEmpty = true,
        },
        null));

    [Theory]
    [InlineData(true, false, "v", true)]
    [InlineData(true, false, null, false)]
    [InlineData(true, true, "v", false)]
    [InlineData(true, true, null, true)]
    [InlineData(false, false, null, true)]
    public void Presence_is_asked_for(bool present, bool invert, string? value, bool expected) => Assert.Equal(
        expected, MatchesHeader(new HeaderMatcher { Name = "x-user", PresentMatch = present, InvertMatch = invert }, value));

    [Theory]
    [InlineData("9", false)]
    [InlineData("10", true)]
    [InlineData("20", false)]
    [InlineData("x", false)]
    public void Range_is_half_open(string value, bool expected) => Assert.Equal(
        expected, MatchesHeader(new HeaderMatcher { Name = "x-user", RangeMatch = new Int64Range { Start = 10, End = 20 } }, value));

    [Theory]
    [InlineData(":method", "GET", true)]
    [InlineData(":method", "POST", false)]
    [InlineData(":authority", "shop", true)]
    [InlineData(":path", "/api?x=1", true)]
    [InlineData(":path", "/api", false)]
    public void Pseudo_headers_are_headers(string name, string value, bool expected) => Assert.Equal(
        expected,
        Matches(
            new RouteMatch { Prefix = "/", Headers = { new HeaderMatcher { Name = name, StringMatch = new StringMatcher { Exact = value } } } },
            "/api?x=1"));

    [Theory]
    [InlineData("/?v=beta", true)]
    [InlineData("/?a=b&v=beta&v=x", true)]
    [InlineData("/?v=x&v=beta", false)]
    [InlineData("/?w=beta", false)]
    [InlineData("/?%76=b%65ta", true)]
    [InlineData("/v=beta", false)]
    public void Parameter_of_the_query_is_compared(string path, bool expected) => Assert.Equal(
        expected,
        MatchesParameter(new QueryParameterMatcher { Name = "v", StringMatch = new StringMatcher { Exact = "beta" } }, path));

    [Theory]
    [InlineData("/?v", true, true)]
    [InlineData("/?w", true, false)]
    [InlineData("/?w", false, true)]
    public void Presence_of_a_parameter_is_asked_for(string path, bool present, bool expected) => Assert.Equal(
        expected, MatchesParameter(new QueryParameterMatcher { Name = "v", PresentMatch = present }, path));

    [Fact]
    public void Cookies_of_several_headers_are_one_list() => Assert.True(
        MatchReader.Read(new RouteMatch
        {
            Prefix = "/",
            Headers = { new HeaderMatcher { Name = "cookie", StringMatch = new StringMatcher { Exact = "a=b; c=d" } } },
        }).Matches(Requests.Get("/", "shop", ("cookie", "a=b"), ("cookie", "c=d"))));

    [Fact]
    public void Pattern_that_needs_backtracking_is_refused()
    {
        var fault = Assert.Throws<UnusableResourceException>(
            () => MatchReader.Read(new RouteMatch { SafeRegex = new RegexMatcher { Regex = "(?=a)" } }));

        Assert.Contains("(?=a)", fault.Message, StringComparison.Ordinal);
    }

    private static bool Matches(RouteMatch match, string path) => MatchReader.Read(match).Matches(Requests.Get(path));

    private static bool MatchesParameter(QueryParameterMatcher parameter, string path) =>
        Matches(new RouteMatch { Prefix = "/", QueryParameters = { parameter } }, path);

    private static bool MatchesHeader(HeaderMatcher header, string? value) =>
        MatchReader.Read(new RouteMatch { Prefix = "/", Headers = { header } })
            .Matches(value is null ? Requests.Get("/") : Requests.Get("/", "shop", ("x-user", value)));
}

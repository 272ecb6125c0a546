using XdsCanary.CanaryEngine.Core;

namespace XdsCanary.CanaryEngine.Tests.Resources;

public sealed class MatchReaderTests
{
    [Fact]
    public void Headers_and_parameters_are_read_sorted_by_name()
    {
        var match = Assert.Single(CanaryManifest.AcceptAnalysis(
            "iterations: 2, match: [{headers: {X-User: {prefix: qa-}, cookie: {regex: '^(.*?;)?(canary=always)(;.*)?$'}}, "
            + "queryParams: {b: {suffix: z}, A: {exact: ''}}}]").Match.Items);

        Assert.Equal(
            [
                new NamedMatch("cookie", new TextMatch(TextMatchKind.Regex, "^(.*?;)?(canary=always)(;.*)?$")),
                new NamedMatch("x-user", new TextMatch(TextMatchKind.Prefix, "qa-")),
            ],
            match.Headers);
        Assert.Equal(
            [
                new NamedMatch("A", new TextMatch(TextMatchKind.Exact, string.Empty)),
                new NamedMatch("b", new TextMatch(TextMatchKind.Suffix, "z")),
            ],
            match.QueryParams);
    }

    [Theory]
    [InlineData("", ": matches every request. ")]
    [InlineData("headers: {}", ": matches every request. ")]
    [InlineData("headers: {x: qa}", ".headers[x]: must be an object. ")]
    [InlineData("headers: [x]", ".headers: must be an object. ")]
    [InlineData("headers: {x: {}}", ".headers[x]: does not say what it must be. Write one of exact, prefix, suffix and regex")]
    [InlineData("headers: {x: {exact: a, regex: b}}", ".headers[x]: says what it must be in several ways. ")]
    [InlineData("headers: {x: {exat: a, exact: b}}", ".headers[x].exat: is not a known field. Write 'exact'")]
    [InlineData("headers: {x: {prefix: ''}}", ".headers[x].prefix: is empty, and so matches anything. ")]
    [InlineData("headers: {x: {regex: '('}}", ".headers[x].regex: is not an expression that Envoy takes (RE2), '('. ")]
    [InlineData("headers: {x: {regex: '(?=a)b'}}", ".headers[x].regex: is not an expression that Envoy takes (RE2), ")]
    [InlineData("headers: {x: {regex: '(a)\\1'}}", ".headers[x].regex: is not an expression that Envoy takes (RE2), ")]
    [InlineData("headers: {'x y': {exact: a}}", ".headers[x y]: is not the name of a header. ")]
    [InlineData("headers: {x: {exact: a}, X: {exact: b}}", ".headers[X]: is there twice: the names of headers are the same in any case. ")]
    [InlineData("sourceLabels: {app: x}", ".sourceLabels: cannot be told from a request: only a sidecar at the caller knows them. ")]
    [InlineData("uri: {prefix: /}, headers: {x: {exact: a}}", ".uri: is not a known field. ")]
    public void Match_that_cannot_be_told_is_refused(string match, string fault) => Assert.StartsWith(
        $"match[0]{fault}",
        Assert.Single(CanaryManifest.RefuseAnalysis($"iterations: 2, match: [{{ {match} }}]")),
        StringComparison.Ordinal);

    [Theory]
    [InlineData("(?P<user>qa)-.*")]
    [InlineData("\\Qa.b\\E")]
    [InlineData("[[:alpha:]]+")]
    public void Expression_that_only_RE2_has_is_not_refused(string expression) => Assert.Equal(
        expression,
        CanaryManifest.AcceptAnalysis($"iterations: 2, match: [{{headers: {{x: {{regex: '{expression}'}}}}}}]").Match[0].Headers[0].Match.Value);
}

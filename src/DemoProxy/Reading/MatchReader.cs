using Envoy.Config.Route.V3;
using XdsCanary.DemoProxy.Model;
using RouteMatch = XdsCanary.DemoProxy.Model.RouteMatch;
using StringMatcher = Envoy.Type.Matcher.V3.StringMatcher;
using WireMatch = Envoy.Config.Route.V3.RouteMatch;

namespace XdsCanary.DemoProxy.Reading;

/// <summary>Reads the conditions of routes.</summary>
internal static class MatchReader
{
    /// <summary>Reads the condition of a route.</summary>
    /// <param name="match">The condition; null when it is missing.</param>
    /// <exception cref="UnusableResourceException">It cannot be used.</exception>
    public static RouteMatch Read(WireMatch? match)
    {
        if (match is null)
        {
            throw Require.Unusable("match is missing");
        }

        Require.Absent(match.RuntimeFraction is not null, "match.runtime_fraction");
        Require.Absent(match.Grpc is not null, "match.grpc");
        Require.Absent(match.TlsContext is not null, "match.tls_context");
        Require.Absent(match.DynamicMetadata.Count > 0, "match.dynamic_metadata");
        var ignoreCase = match.CaseSensitive == false;
        var path = match.PathSpecifierCase switch
        {
            WireMatch.PathSpecifierOneofCase.Prefix => Text(TextMatchKind.Prefix, match.Prefix, ignoreCase),
            WireMatch.PathSpecifierOneofCase.PathSeparatedPrefix =>
                Text(TextMatchKind.Prefix, match.PathSeparatedPrefix, ignoreCase),
            WireMatch.PathSpecifierOneofCase.Path => Text(TextMatchKind.Exact, match.Path, ignoreCase),
            WireMatch.PathSpecifierOneofCase.SafeRegex => Text(TextMatchKind.Regex, match.SafeRegex.Regex),
            _ => throw Require.Unusable($"match by {match.PathSpecifierCase} is not supported by the embedded data plane"),
        };
        return new RouteMatch(
            path,
            SegmentPrefix: match.PathSpecifierCase == WireMatch.PathSpecifierOneofCase.PathSeparatedPrefix,
            [.. match.Headers.Select(ReadHeader)])
        {
            QueryParams = [.. match.QueryParameters.Select(ReadParameter)],
        };
    }

    private static QueryMatch ReadParameter(QueryParameterMatcher parameter) => parameter switch
    {
        { Name.Length: 0 } => throw Require.Unusable("a query parameter match has no name"),
        { QueryParameterMatchSpecifierCase: QueryParameterMatcher.QueryParameterMatchSpecifierOneofCase.StringMatch } =>
            new QueryMatch(parameter.Name, ReadText(parameter.StringMatch)),
        { QueryParameterMatchSpecifierCase: QueryParameterMatcher.QueryParameterMatchSpecifierOneofCase.PresentMatch } =>
            new QueryMatch(parameter.Name, Condition: null, parameter.PresentMatch),
        _ => new QueryMatch(parameter.Name, Condition: null),
    };

    private static HeaderMatch ReadHeader(HeaderMatcher header)
    {
        if (header.Name.Length == 0)
        {
            throw Require.Unusable("a header match has no name");
        }

        var name = header.Name.ToLowerInvariant();
        return header.HeaderMatchSpecifierCase switch
        {
            HeaderMatcher.HeaderMatchSpecifierOneofCase.None =>
                new HeaderMatch(name, Condition: null, Present: true, header.InvertMatch, header.TreatMissingHeaderAsEmpty),
            HeaderMatcher.HeaderMatchSpecifierOneofCase.PresentMatch =>
                new HeaderMatch(name, Condition: null, header.PresentMatch, header.InvertMatch, header.TreatMissingHeaderAsEmpty),
            _ => new HeaderMatch(
                name, ReadCondition(header), Present: true, header.InvertMatch, header.TreatMissingHeaderAsEmpty),
        };
    }

    private static HeaderCondition ReadCondition(HeaderMatcher header)
    {
        // The spellings before string_match are deprecated, and still what many configurations carry.
#pragma warning disable CS0612
        return header.HeaderMatchSpecifierCase switch
        {
            HeaderMatcher.HeaderMatchSpecifierOneofCase.StringMatch => new HeaderCondition.Text(ReadText(header.StringMatch)),
            HeaderMatcher.HeaderMatchSpecifierOneofCase.RangeMatch =>
                new HeaderCondition.Range(header.RangeMatch.Start, header.RangeMatch.End),
            HeaderMatcher.HeaderMatchSpecifierOneofCase.ExactMatch => Condition(TextMatchKind.Exact, header.ExactMatch),
            HeaderMatcher.HeaderMatchSpecifierOneofCase.PrefixMatch => Condition(TextMatchKind.Prefix, header.PrefixMatch),
            HeaderMatcher.HeaderMatchSpecifierOneofCase.SuffixMatch => Condition(TextMatchKind.Suffix, header.SuffixMatch),
            HeaderMatcher.HeaderMatchSpecifierOneofCase.ContainsMatch => Condition(TextMatchKind.Contains, header.ContainsMatch),
            HeaderMatcher.HeaderMatchSpecifierOneofCase.SafeRegexMatch =>
                Condition(TextMatchKind.Regex, header.SafeRegexMatch.Regex),
            _ => throw Require.Unusable(
                $"header match by {header.HeaderMatchSpecifierCase} is not supported by the embedded data plane"),
        };
#pragma warning restore CS0612
    }

    private static HeaderCondition.Text Condition(TextMatchKind kind, string value) => new(Text(kind, value));

    private static TextMatch ReadText(StringMatcher match) => match.MatchPatternCase switch
    {
        StringMatcher.MatchPatternOneofCase.Exact => Text(TextMatchKind.Exact, match.Exact, match.IgnoreCase),
        StringMatcher.MatchPatternOneofCase.Prefix => Text(TextMatchKind.Prefix, match.Prefix, match.IgnoreCase),
        StringMatcher.MatchPatternOneofCase.Suffix => Text(TextMatchKind.Suffix, match.Suffix, match.IgnoreCase),
        StringMatcher.MatchPatternOneofCase.Contains => Text(TextMatchKind.Contains, match.Contains, match.IgnoreCase),
        StringMatcher.MatchPatternOneofCase.SafeRegex => Text(TextMatchKind.Regex, match.SafeRegex.Regex),
        _ => throw Require.Unusable($"string_match by {match.MatchPatternCase} is not supported by the embedded data plane"),
    };

    private static TextMatch Text(TextMatchKind kind, string value, bool ignoreCase = false)
    {
        try
        {
            return TextMatch.Create(kind, value, ignoreCase);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            throw Require.Unusable($"the regular expression '{value}' cannot be used: {exception.Message}");
        }
    }
}

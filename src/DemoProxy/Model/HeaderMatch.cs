using System.Globalization;

namespace XdsCanary.DemoProxy.Model;

/// <summary>A condition on one header of a request, with Envoy's rules for absent headers.</summary>
/// <param name="Name">The header's name in lower case, or a pseudo header.</param>
/// <param name="Condition">What the value must fulfil; null to ask for the presence only.</param>
/// <param name="Present">Without a condition: whether the header must be present or absent.</param>
/// <param name="Invert">Turns the outcome round.</param>
/// <param name="MissingIsEmpty">An absent header counts as an empty one.</param>
internal sealed record HeaderMatch(
    string Name, HeaderCondition? Condition, bool Present = true, bool Invert = false, bool MissingIsEmpty = false)
{
    /// <summary>Tells whether a request fulfils the condition.</summary>
    /// <param name="request">The request.</param>
    public bool Matches(RequestFacts request)
    {
        var value = request.Header(Name) ?? (MissingIsEmpty ? string.Empty : null);
        if (Condition is null)
        {
            return ((value is not null) == Present) != Invert;
        }

        // Envoy never matches a value that is not there, inverted or not.
        return value is not null && Condition.Matches(value) != Invert;
    }
}

/// <summary>What the value of a header must fulfil: a comparison of text, or a half-open range of integers.</summary>
internal abstract record HeaderCondition
{
    /// <summary>Tells whether a value fulfils the condition.</summary>
    /// <param name="value">The header's value.</param>
    public abstract bool Matches(string value);

    /// <summary>A comparison of text.</summary>
    /// <param name="Match">The comparison.</param>
    internal sealed record Text(TextMatch Match) : HeaderCondition
    {
        /// <inheritdoc/>
        public override bool Matches(string value) => Match.Matches(value);
    }

    /// <summary>A base 10 integer in a range.</summary>
    /// <param name="Start">The smallest value.</param>
    /// <param name="End">One more than the largest value.</param>
    internal sealed record Range(long Start, long End) : HeaderCondition
    {
        /// <inheritdoc/>
        public override bool Matches(string value) =>
            long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number >= Start && number < End;
    }
}

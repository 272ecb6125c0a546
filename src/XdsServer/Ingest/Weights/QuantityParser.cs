using System.Collections.Frozen;
using System.Globalization;
using System.Numerics;

namespace XdsCanary.XdsServer.Ingest.Weights;

/// <summary>
/// Reads weights exactly, in every spelling found in TrafficSplit objects: whole numbers, decimals, numbers with an exponent,
/// and Kubernetes quantities (apimachinery <c>resource.Quantity</c>) such as <c>500m</c> or <c>1Ki</c>.
/// </summary>
internal static class QuantityParser
{
    // Longer numbers and greater exponents mean nothing as weights, and would cost memory without bound.
    private const int MaximumDigits = 64;
    private const int MaximumExponent = 64;

    private static readonly FrozenDictionary<string, Rational> Suffixes = new Dictionary<string, Rational>
    {
        [string.Empty] = new(1, 1),
        ["n"] = new(1, BigInteger.Pow(10, 9)),
        ["u"] = new(1, BigInteger.Pow(10, 6)),
        ["m"] = new(1, 1000),
        ["k"] = new(1000, 1),
        ["M"] = new(BigInteger.Pow(10, 6), 1),
        ["G"] = new(BigInteger.Pow(10, 9), 1),
        ["T"] = new(BigInteger.Pow(10, 12), 1),
        ["P"] = new(BigInteger.Pow(10, 15), 1),
        ["E"] = new(BigInteger.Pow(10, 18), 1),
        ["Ki"] = new(BigInteger.One << 10, 1),
        ["Mi"] = new(BigInteger.One << 20, 1),
        ["Gi"] = new(BigInteger.One << 30, 1),
        ["Ti"] = new(BigInteger.One << 40, 1),
        ["Pi"] = new(BigInteger.One << 50, 1),
        ["Ei"] = new(BigInteger.One << 60, 1),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Reads a weight; a negative one is read, too.</summary>
    /// <param name="text">The text, without quotes.</param>
    /// <param name="value">The value, when it can be read.</param>
    /// <returns>Null when it was read, else what is wrong with it, to be put behind the field's name.</returns>
    public static string? TryParse(string text, out Rational value)
    {
        value = default;
        var position = text.Length > 0 && text[0] is '+' or '-' ? 1 : 0;
        var isNegative = position == 1 && text[0] == '-';
        var whole = TakeDigits(text, ref position);
        var fraction = string.Empty;
        if (position < text.Length && text[position] == '.')
        {
            position++;
            fraction = TakeDigits(text, ref position);
        }

        if (whole.Length + fraction.Length == 0)
        {
            return "is not a number";
        }

        var digits = (whole + fraction).TrimStart('0');
        if (digits.TrimEnd('0').Length > MaximumDigits || digits.Length > MaximumDigits + MaximumExponent)
        {
            return $"has more than {MaximumDigits} digits";
        }

        if (FindScale(text[position..], out var scale) is { } fault)
        {
            return fault;
        }

        var magnitude = digits.Length == 0 ? BigInteger.Zero : BigInteger.Parse(digits, CultureInfo.InvariantCulture);
        value = new Rational(
            (isNegative ? -magnitude : magnitude) * scale.Numerator,
            BigInteger.Pow(10, fraction.Length) * scale.Denominator);
        return null;
    }

    private static string TakeDigits(string text, ref int position)
    {
        var start = position;
        while (position < text.Length && char.IsAsciiDigit(text[position]))
        {
            position++;
        }

        return text[start..position];
    }

    // A lone E is the suffix exa; followed by digits it starts an exponent.
    private static string? FindScale(string suffix, out Rational scale)
    {
        if (Suffixes.TryGetValue(suffix, out scale))
        {
            return null;
        }

        if (suffix is not ['e' or 'E', .. var digits] || !IsExponent(digits))
        {
            return $"has the unknown suffix '{suffix}'";
        }

        if (!int.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var exponent)
            || Math.Abs((long)exponent) > MaximumExponent)
        {
            return $"has an exponent beyond {MaximumExponent}";
        }

        var power = BigInteger.Pow(10, Math.Abs(exponent));
        scale = exponent < 0 ? new Rational(1, power) : new Rational(power, 1);
        return null;
    }

    private static bool IsExponent(string text)
    {
        var digits = text is ['+' or '-', .. var rest] ? rest : text;
        return digits.Length > 0 && digits.All(char.IsAsciiDigit);
    }
}

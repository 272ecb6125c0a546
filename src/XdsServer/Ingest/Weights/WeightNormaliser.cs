using System.Collections.Immutable;
using System.Numerics;

namespace XdsCanary.XdsServer.Ingest.Weights;

/// <summary>
/// Turns exact weights into the unsigned 32-bit numbers that a proxy takes, whose sum must fit into 32 bits as well (Envoy
/// <c>route.v3.WeightedCluster</c>). Ratios are kept exactly where that is possible; a weight above zero never becomes zero.
/// </summary>
internal static class WeightNormaliser
{
    private static readonly BigInteger Maximum = uint.MaxValue;

    /// <summary>Normalises weights.</summary>
    /// <param name="weights">The weights, none below zero, fewer than 2^32.</param>
    /// <returns>
    /// As many numbers in the same order: the weights themselves if they are whole and their sum fits, so that people recognise
    /// them; else the smallest whole numbers in the same ratio; if those do not fit, the closest that do.
    /// </returns>
    public static ImmutableArray<uint> Normalise(ImmutableArray<Rational> weights)
    {
        var whole = weights.Select(weight => weight.Numerator).ToArray();
        if (!weights.All(weight => weight.IsInteger) || Sum(whole) > Maximum)
        {
            whole = InLowestTerms(weights);
        }

        return [.. (Sum(whole) > Maximum ? ScaleDown(whole) : whole).Select(weight => (uint)weight)];
    }

    private static BigInteger[] InLowestTerms(ImmutableArray<Rational> weights)
    {
        var multiple = weights.Aggregate(
            BigInteger.One,
            (found, weight) => found / BigInteger.GreatestCommonDivisor(found, weight.Denominator) * weight.Denominator);
        var whole = weights.Select(weight => weight.Numerator * (multiple / weight.Denominator)).ToArray();
        var divisor = whole.Aggregate(BigInteger.Zero, BigInteger.GreatestCommonDivisor);
        return divisor.IsZero ? whole : [.. whole.Select(weight => weight / divisor)];
    }

    /// <summary>
    /// Largest-remainder rounding to a sum of exactly 2^32 - 1. Weights whose share would be below 1 get 1 first; that takes
    /// from the others, so it is repeated until no share is below 1.
    /// </summary>
    private static BigInteger[] ScaleDown(BigInteger[] weights)
    {
        var scaled = new BigInteger[weights.Length];
        var open = Enumerable.Range(0, weights.Length).Where(index => weights[index].Sign > 0).ToList();
        var available = Maximum;
        var total = Sum(weights);
        while (open.FindAll(index => weights[index] * available < total) is { Count: > 0 } tiny)
        {
            foreach (var index in tiny)
            {
                scaled[index] = BigInteger.One;
                total -= weights[index];
                open.Remove(index);
            }

            available -= tiny.Count;
        }

        var remainders = new List<(BigInteger Remainder, int Index)>(open.Count);
        var left = available;
        foreach (var index in open)
        {
            scaled[index] = BigInteger.DivRem(weights[index] * available, total, out var remainder);
            left -= scaled[index];
            remainders.Add((remainder, index));
        }

        // A stable sort: among equal remainders the earlier entry gains, so that the result does not depend on chance.
        foreach (var (_, index) in remainders.OrderByDescending(entry => entry.Remainder).Take((int)left))
        {
            scaled[index]++;
        }

        return scaled;
    }

    private static BigInteger Sum(IEnumerable<BigInteger> weights) => weights.Aggregate(BigInteger.Zero, BigInteger.Add);
}

using FsCheck;
using FsCheck.Fluent;

namespace XdsCanary.XdsServer.Tests.Protocol;

/// <summary>One random step: what is done, and three numbers to do it with.</summary>
public sealed record Step(int Kind, int A, int B, int C);

/// <summary>A random run. Shrinks by leaving steps out.</summary>
public sealed record RandomSteps(IReadOnlyList<Step> Steps)
{
    public override string ToString() => string.Join(' ', Steps.Select(step => $"({step.Kind},{step.A},{step.B},{step.C})"));
}

/// <summary>Generators of random runs.</summary>
public static class RandomStepsArbitrary
{
    private const int Length = 40;
    private const int Kinds = 100;
    private const int Numbers = 12;

    public static Arbitrary<RandomSteps> Steps()
    {
        var number = Gen.Choose(0, Numbers - 1);
        var step =
            from kind in Gen.Choose(0, Kinds - 1)
            from a in number
            from b in number
            from c in number
            select new Step(kind, a, b, c);
        return Arb.From(step.ListOf(Length).Select(steps => new RandomSteps([.. steps])), Shrink);
    }

    private static IEnumerable<RandomSteps> Shrink(RandomSteps run)
    {
        var steps = run.Steps;
        for (var size = steps.Count / 2; size > 0; size /= 2)
        {
            for (var from = 0; from + size <= steps.Count; from += size)
            {
                yield return new RandomSteps([.. steps.Take(from), .. steps.Skip(from + size)]);
            }
        }
    }
}

using System.Collections.Immutable;
using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using XdsCanary.XdsServer.Ingest.Weights;
using XdsCanary.XdsServer.Model;

namespace XdsCanary.XdsServer.Tests.Ingest;

public class WeightNormaliserTests
{
    [Theory]
    [InlineData("W1", "a: 25, b: 75", "a=25 b=75")]
    [InlineData("W2", "a: '1', b: '500m'", "a=2 b=1")]
    [InlineData("W3", "a: '500m', b: '500m'", "a=1 b=1")]
    [InlineData("W4", "a: '100m', b: 1", "a=1 b=10")]
    [InlineData("W5", "a: 0, b: 100", "a=0 b=100")]
    [InlineData("W6", "a: 0, b: 0", "refused")]
    [InlineData("W7", "a: 0.5, b: 1.5", "a=1 b=3")]
    [InlineData("W8", "a: '1e3', b: '100'", "a=1000 b=100")]
    [InlineData("W9", "a: '1k', b: '1Ki'", "a=1000 b=1024")]
    [InlineData("W10", "a: 4294967295, b: 1", "a=4294967294 b=1")]
    [InlineData("W11", "a: 4294967295, b: 4294967295", "a=1 b=1")]
    [InlineData("W12", "a: -1, b: 100", "InvalidWeight")]
    [InlineData("W13", "a, b: 100", "a=0 b=100")]
    [InlineData("W14", "a: abc, b: 1", "InvalidWeight")]
    [InlineData("W15", "a: 1e30, b: 1", "a=4294967294 b=1")]
    [InlineData("W16", "a: 10, a: 20, b: 70", "a=30 b=70")]
    [InlineData("W17", "a: '1n', b: '1'", "a=1 b=1000000000")]
    [InlineData("W18", "a: 0", "refused")]
    public void Weight_vector_is_emitted(string id, string backends, string expected)
    {
        var assembly = MeshManifests.Assemble(MeshManifests.Services("web", "a", "b") + MeshManifests.Split("s", "web", backends));

        var accepted = MeshManifests.Condition(assembly, "TrafficSplit", "s", ConditionTypes.Accepted);
        var actual = accepted.Reason == ConditionReasons.InvalidWeight
            ? accepted.Reason
            : MeshManifests.Rules(assembly).Single()["web:80 ".Length..];
        Assert.True(expected == actual, $"{id}: {actual}");
    }

    [Fact]
    public void W19_no_backends_is_an_invalid_split()
    {
        var assembly = MeshManifests.Assemble(
            "{apiVersion: split.smi-spec.io/v1alpha2, kind: TrafficSplit, metadata: {name: s}, "
            + "spec: {service: web, backends: []}}");

        var problem = Assert.Single(MeshManifests.Report(assembly, "TrafficSplit", "s").Problems);
        Assert.Equal(("spec.backends", "is empty"), (problem.Field, problem.Message));
        Assert.Empty(assembly.State.Rules);
    }

    [Theory]
    [InlineData("1", "1")]
    [InlineData("+.5", "1/2")]
    [InlineData("5.", "5")]
    [InlineData("1E", "1000000000000000000")]
    [InlineData("1E2", "100")]
    [InlineData("1e-3", "1/1000")]
    [InlineData("250u", "1/4000")]
    [InlineData("0.0", "0")]
    public void Quantity_is_read_exactly(string text, string expected)
    {
        Assert.Null(QuantityParser.TryParse(text, out var value));
        Assert.Equal(expected, value.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("1 0")]
    [InlineData("0x10")]
    [InlineData("1e65")]
    [InlineData("1e99999999999")]
    [InlineData("1mm")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345")]
    public void Quantity_that_is_none_is_refused(string text) => Assert.NotNull(QuantityParser.TryParse(text, out _));

    [Property]
    public void Ratios_are_kept_exactly_when_they_fit(byte[] numerators, byte denominator)
    {
        var weights = Weights(numerators.Take(20).Select(value => ((BigInteger)value, (BigInteger)denominator + 1)));
        var normal = WeightNormaliser.Normalise(weights);

        for (var i = 0; i < weights.Length; i++)
        {
            for (var j = 0; j < weights.Length; j++)
            {
                Assert.Equal(
                    weights[i].Numerator * weights[j].Denominator * normal[j],
                    weights[j].Numerator * weights[i].Denominator * normal[i]);
            }
        }
    }

    [Property]
    public Property Positive_stays_positive_zero_stays_zero_and_the_sum_fits() => Prop.ForAll(Huge(), weights =>
    {
        var normal = WeightNormaliser.Normalise([.. weights]);

        Assert.True(normal.Sum(weight => (decimal)weight) <= uint.MaxValue);
        Assert.All(weights.Zip(normal), pair => Assert.Equal(pair.First.Sign > 0, pair.Second > 0));
    });

    [Property]
    public Property Order_of_backends_does_not_matter() => Prop.ForAll(Huge(), weights =>
    {
        var distinct = weights.Distinct().ToImmutableArray();
        var forward = distinct.Zip(WeightNormaliser.Normalise(distinct)).ToDictionary();
        var reversed = distinct.Reverse().ToImmutableArray();
        var backward = reversed.Zip(WeightNormaliser.Normalise(reversed)).ToDictionary();

        // Entries with equal remainders may exchange one unit, no more.
        Assert.All(distinct, weight => Assert.InRange((long)forward[weight] - backward[weight], -1, 1));
    });

    private static Arbitrary<Rational[]> Huge() => Arb.From(
        (from numerator in Gen.Choose(0, int.MaxValue)
         from power in Gen.Choose(0, 30)
         from denominator in Gen.Choose(1, 1000)
         select new Rational(numerator * BigInteger.Pow(10, power), denominator)).ArrayOf());

    private static ImmutableArray<Rational> Weights(IEnumerable<(BigInteger Numerator, BigInteger Denominator)> values) =>
        [.. values.Select(value => new Rational(value.Numerator, value.Denominator))];
}

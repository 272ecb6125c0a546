using System.Globalization;

namespace XdsCanary.Kubernetes.Tests.Canaries;

/// <summary>One disturbance of a run.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="At">When it begins, from the release on.</param>
/// <param name="Lasts">How long it lasts.</param>
/// <param name="Envoy">The index of the Envoy that it is done to, if it is done to one.</param>
internal sealed record Disturbance(ChaosKind Kind, TimeSpan At, TimeSpan Lasts, int Envoy)
{
    /// <summary>Draws what happens in a run: one to three disturbances of different kinds. Pure.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="isLong">If not so, all is over soon: the leader lives, for nobody leads for 15 seconds after its death.</param>
    public static IReadOnlyList<Disturbance> Draw(int seed, bool isLong)
    {
        var random = new Random(seed);
        var kinds = Enum.GetValues<ChaosKind>().Where(kind => isLong || kind != ChaosKind.Leader).ToArray();
        random.Shuffle(kinds);
        return [.. kinds.Take(random.Next(1, 4)).Select(kind => Draw(kind, random, isLong)).OrderBy(found => found.At)];
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Kind}{(Kind == ChaosKind.Envoy ? $" {Envoy}" : "")} at {At.TotalSeconds:0.0} s for {Lasts.TotalSeconds:0.0} s");

    private static Disturbance Draw(ChaosKind kind, Random random, bool isLong)
    {
        // The leader comes back before or after another one has taken over.
        var most = kind switch { ChaosKind.Leader => 20.0, ChaosKind.Node => 15.0, _ => 6.0 };
        var at = random.NextDouble() * (isLong ? 14.0 : 8.0);
        var lasts = 1.0 + (random.NextDouble() * ((isLong ? most : 3.0) - 1.0));
        return new Disturbance(kind, TimeSpan.FromSeconds(at), TimeSpan.FromSeconds(lasts), random.Next(ChaosCluster.Envoys));
    }
}

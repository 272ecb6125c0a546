using System.Globalization;

namespace XdsCanary.Kubernetes.Tests.Canaries;

/// <summary>One disturbance of a run.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="At">When it begins, from the release on.</param>
/// <param name="Latest">When it begins at the latest, from the start of the primary's own rollout on.</param>
/// <param name="Lasts">How long it lasts.</param>
/// <param name="Envoy">The index of the Envoy that it is done to, if it is done to one.</param>
internal sealed record Disturbance(ChaosKind Kind, TimeSpan At, TimeSpan Latest, TimeSpan Lasts, int Envoy)
{
    // What an undisturbed promotion takes: three intervals of two seconds, and pods that start.
    private const double Promotion = 9.0;

    // Half of what the primary's rollout takes: what begins within it is in time, also where a watch is late.
    private const double Rollout = 1.0;

    /// <summary>What is done, in words.</summary>
    public string What => Kind == ChaosKind.Envoy ? string.Create(CultureInfo.InvariantCulture, $"{Kind} {Envoy}") : Kind.ToString();

    /// <summary>Draws what happens in a run: one to three disturbances of different kinds. Pure.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="isLong">
    /// If not so, all is over soon. Nobody leads for 15 seconds after the leader's death: it dies in every second run, so that of two in a
    /// row one has it.
    /// </param>
    public static IReadOnlyList<Disturbance> Draw(int seed, bool isLong)
    {
        var random = new Random(seed);
        var kinds = Enum.GetValues<ChaosKind>().Where(kind => isLong || kind != ChaosKind.Leader).ToArray();
        random.Shuffle(kinds);
        if (!isLong && int.IsEvenInteger(seed))
        {
            kinds = [ChaosKind.Leader, .. kinds];
        }

        return [.. kinds.Take(random.Next(1, 4)).Select(kind => Draw(kind, random, isLong)).OrderBy(found => found.At)];
    }

    private static Disturbance Draw(ChaosKind kind, Random random, bool isLong)
    {
        // The leader comes back before or after another one has taken over.
        var most = kind switch { ChaosKind.Leader => 20.0, ChaosKind.Node => 15.0, _ => 6.0 };
        var at = random.NextDouble() * Promotion;
        var lasts = 1.0 + (random.NextDouble() * ((isLong ? most : 3.0) - 1.0));
        var latest = random.NextDouble() * Rollout;
        return new Disturbance(
            kind, TimeSpan.FromSeconds(at), TimeSpan.FromSeconds(latest), TimeSpan.FromSeconds(lasts), random.Next(ChaosCluster.Envoys));
    }
}

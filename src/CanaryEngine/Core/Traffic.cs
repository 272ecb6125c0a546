using System.Security.Cryptography;
using System.Text;

namespace XdsCanary.CanaryEngine.Core;

/// <summary>Where the traffic goes for what is remembered. Pure.</summary>
internal static class Traffic
{
    /// <summary>The plan of a status.</summary>
    /// <param name="spec">The canary.</param>
    /// <param name="status">What is remembered of it.</param>
    public static TrafficPlan Of(CanarySpec spec, CanaryStatus status)
    {
        var run = status.Run;
        if (run is { Plan.MovesTraffic: false })
        {
            return TrafficPlan.AllToPrimary;
        }

        var weight = run?.Weight ?? 0;
        return new TrafficPlan(100 - weight, weight)
        {
            MirrorPercent = run is { Mirrored: true } ? spec.Analysis.MirrorWeight : 0,
            Match = weight > 0 ? spec.Analysis.Match : [],
            Affinity = AffinityOf(spec, status),
        };
    }

    /// <summary>Sets the canary's weight in a run, with the cookies that go with it, and directs the traffic.</summary>
    /// <param name="round">The decision being made.</param>
    /// <param name="weight">Percent, 0 to 100.</param>
    /// <param name="mirrored">Whether requests are copied.</param>
    public static void Shift(Round round, int weight, bool mirrored = false)
    {
        var status = WithCookies(round.Spec, round.Status, weight);
        var before = round.Run;
        var isShown = before.Plan.Strategy == CanaryStrategy.Canary;
        var next = before with { Weight = weight, Mirrored = mirrored };
        var getsTraffic = weight > 0 || mirrored;
        round.Status = status with
        {
            CanaryWeight = isShown ? weight : status.CanaryWeight,
            Run = next with
            {
                ChangedAt = round.Now,
                IsLive = false,
                LaggardsReported = false,
                TrafficSince = getsTraffic ? before.TrafficSince ?? round.Now : null,
                NextAbortCheck = round.Now + round.Spec.Analysis.Abort.Interval,
                AbortStrikes = 0,
            },
        };
        round.Direct(Of(round.Spec, round.Status));
        if (!before.Plan.MovesTraffic)
        {
            round.Run = round.Run with { IsLive = true };
        }
    }

    /// <summary>Ends a run's part in the traffic: all of it goes to the primary.</summary>
    /// <param name="round">The decision being made.</param>
    public static void Withdraw(Round round)
    {
        round.Status = WithCookies(round.Spec, round.Status, 0) with { Run = null, CanaryWeight = 0 };
        round.Direct(Of(round.Spec, round.Status));
    }

    private static CanaryStatus WithCookies(CanarySpec spec, CanaryStatus status, int weight)
    {
        if (spec.Analysis.SessionAffinity is not { } affinity)
        {
            return status with
            {
                SessionAffinityCookie = string.Empty,
                PrimarySessionAffinityCookie = string.Empty,
                PreviousSessionAffinityCookie = string.Empty,
            };
        }

        if (weight == 0)
        {
            return status.SessionAffinityCookie.Length == 0 ? status : status with
            {
                PreviousSessionAffinityCookie = status.SessionAffinityCookie,
                SessionAffinityCookie = string.Empty,
                PrimarySessionAffinityCookie = string.Empty,
            };
        }

        return status.SessionAffinityCookie.Length > 0 ? status : status with
        {
            SessionAffinityCookie = Cookie(spec, status, affinity.CookieName),
            PrimarySessionAffinityCookie = affinity.PrimaryCookieName.Length == 0
                ? string.Empty
                : Cookie(spec, status, affinity.PrimaryCookieName),
        };
    }

    // Another one for each run, and the same on every replica and after every restart.
    private static string Cookie(CanarySpec spec, CanaryStatus status, string name)
    {
        var seed = $"{spec.Key}|{status.Run?.Revision}|{status.Run?.StartedAt.UtcTicks}|{name}";
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(seed));
        return $"{name}={string.Concat(hash.Take(10).Select(octet => (char)('a' + (octet % 26))))}";
    }

    // Browsers know no parts of a second, so that the plan would not be what is read back.
    private static TimeSpan WholeSeconds(TimeSpan span) => TimeSpan.FromSeconds((long)span.TotalSeconds);

    private static AffinityPlan? AffinityOf(CanarySpec spec, CanaryStatus status)
    {
        var isNeeded = status.SessionAffinityCookie.Length > 0 || status.PreviousSessionAffinityCookie.Length > 0;
        return spec.Analysis.SessionAffinity is { } affinity && isNeeded
            ? new AffinityPlan(
                status.SessionAffinityCookie,
                status.PrimarySessionAffinityCookie,
                status.PreviousSessionAffinityCookie,
                affinity.MaxAge,
                WholeSeconds(spec.Analysis.Interval),
                affinity.Attributes)
            : null;
    }
}

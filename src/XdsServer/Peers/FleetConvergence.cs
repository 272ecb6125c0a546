using System.Collections.Immutable;
using XdsCanary.CanaryEngine.Ports;

namespace XdsCanary.XdsServer.Peers;

/// <summary>Adds up what replicas see of one service. Pure.</summary>
internal static class FleetConvergence
{
    /// <summary>Adds a report.</summary>
    /// <param name="sum">What is known so far; its weights are those that are wanted.</param>
    /// <param name="report">What another replica sees.</param>
    public static ServiceConvergence With(ServiceConvergence sum, PeerReport report)
    {
        // A replica that has not published these weights yet cannot say that anybody follows them.
        var isCurrent = sum.IsKnown == report.IsKnown && IsAlike(sum.Wanted, report.Wanted);
        var hasAny = report.Proxies > 0;
        var lagging = report.Lagging;
        if (!isCurrent && hasAny && lagging.IsEmpty)
        {
            lagging = [new LaggingProxy($"{report.Proxies} proxies of replica {report.Replica}", null)];
        }

        var isSame = sum.Proxies == 0 || !hasAny || IsAlike(sum.Acknowledged ?? [], report.Acknowledged ?? []);
        return sum with
        {
            Proxies = sum.Proxies + report.Proxies,
            Converged = sum.Converged + (isCurrent ? report.Converged : 0),
            Lagging = sum.Lagging.AddRange(lagging),
            Acknowledged = !isSame ? null : sum.Proxies > 0 ? sum.Acknowledged : report.Acknowledged,
        };
    }

    /// <summary>Adds a replica that does not answer: its proxies count, and are not known to follow.</summary>
    /// <param name="sum">What is known so far.</param>
    /// <param name="replica">The replica.</param>
    /// <param name="proxies">How many proxies it had when it last answered.</param>
    public static ServiceConvergence Without(ServiceConvergence sum, string replica, int proxies) => proxies == 0 ? sum : sum with
    {
        Proxies = sum.Proxies + proxies,
        Lagging = sum.Lagging.Add(new LaggingProxy($"{proxies} proxies of replica {replica}, which does not answer", null)),
        Acknowledged = null,
    };

    private static bool IsAlike(ImmutableArray<BackendWeight> left, ImmutableArray<BackendWeight> right)
    {
        var (leftSum, rightSum) = (left.Sum(item => (long)item.Weight), right.Sum(item => (long)item.Weight));
        return left.Length == right.Length && left.All(item =>
            right.FirstOrDefault(other => other.Backend == item.Backend) is { } same
            && item.Weight * rightSum == same.Weight * leftSum);
    }
}

using System.Collections.Immutable;

namespace XdsCanary.DemoProxy.Model;

/// <summary>A cluster and its share.</summary>
/// <param name="Cluster">The cluster's name.</param>
/// <param name="Weight">Its weight, relative to the sum.</param>
internal sealed record ClusterShare(string Cluster, uint Weight)
{
    /// <summary>Headers that its answers carry besides their own.</summary>
    public ImmutableArray<AddedHeader> ResponseHeaders { get; init; } = [];
}

/// <summary>A header that is added; one of the same name stays.</summary>
/// <param name="Name">The header's name.</param>
/// <param name="Value">Its value.</param>
internal sealed record AddedHeader(string Name, string Value);

/// <summary>A choice between clusters in proportion to their weights, which need not add up to anything.</summary>
internal sealed class WeightedChoice
{
    /// <summary>Makes a choice.</summary>
    /// <param name="shares">The clusters; the sum of the weights must be positive.</param>
    public WeightedChoice(ImmutableArray<ClusterShare> shares)
    {
        Shares = shares;
        Total = shares.Sum(share => (long)share.Weight);
        ArgumentOutOfRangeException.ThrowIfZero(Total);
    }

    /// <summary>The clusters and their weights, in route order.</summary>
    public ImmutableArray<ClusterShare> Shares { get; }

    /// <summary>The sum of the weights.</summary>
    public long Total { get; }

    /// <summary>Makes a choice that always falls on one cluster.</summary>
    /// <param name="cluster">The cluster's name.</param>
    public static WeightedChoice Only(string cluster) => new([new ClusterShare(cluster, 1)]);

    /// <summary>Chooses a cluster.</summary>
    /// <param name="point">A number from 0 to one less than <see cref="Total"/>, each as likely.</param>
    public ClusterShare At(long point)
    {
        foreach (var share in Shares)
        {
            point -= share.Weight;
            if (point < 0)
            {
                return share;
            }
        }

        throw new ArgumentOutOfRangeException(nameof(point), point, "The point lies beyond the sum of the weights.");
    }
}

using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using XdsCanary.CanaryEngine.Kubernetes.Objects;
using XdsCanary.CanaryEngine.Observability;
using XdsCanary.KubeRuntime.Api;
using XdsCanary.KubeRuntime.Leadership;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Kubernetes;

/// <summary>
/// Where the traffic goes by the word of the leader, while the API server is away: taking a bad version out of the traffic must reach
/// the Envoys of every replica. It counts until the API server says something newer, which the leader's own record is, too; and until
/// this replica leads and decides itself, or knows that another one has come to lead since. Thread-safe.
/// </summary>
public sealed class ToldRoutes
{
    private readonly IObjectSource _below;
    private readonly LayeredObjectSource _layer;
    private readonly ILeadership _leadership;
    private readonly ILogger<ToldRoutes> _logger;
    private readonly Lock _gate = new();
    private ImmutableDictionary<ObjectKey, Told> _told = ImmutableDictionary<ObjectKey, Told>.Empty;

    internal ToldRoutes(
        IObjectSource below, LayeredObjectSource layer, ILeadership leadership, ILogger<ToldRoutes> logger) =>
        (_below, _layer, _leadership, _logger) = (below, layer, leadership, logger);

    /// <summary>Takes over what the leader says.</summary>
    /// <param name="term">Its <see cref="ILeadership.Term"/>.</param>
    /// <param name="splits">TrafficSplits that it could not record yet.</param>
    /// <returns>False when another replica has come to lead since.</returns>
    /// <exception cref="FormatException">One of them is no TrafficSplit.</exception>
    public bool Use(int term, IEnumerable<JsonObject> splits)
    {
        ArgumentNullException.ThrowIfNull(splits);
        var wanted = splits.Select(Read).ToList();
        lock (_gate)
        {
            DropOutdated();
            if (_leadership.State != LeadershipState.Following || term < _leadership.Term || _told.Values.Any(told => term < told.Term))
            {
                return false;
            }

            foreach (var split in wanted)
            {
                if (_told.TryGetValue(split.Key, out var known) && known.Split.Fingerprint == split.Fingerprint)
                {
                    _told = _told.SetItem(split.Key, known with { Term = term });
                    continue;
                }

                _told = _told.SetItem(split.Key, new Told(split, Below(split.Key), term));
                _layer.Change([], [split]);
                _logger.RouteTold(split.Key.Name);
            }
        }

        return true;
    }

    /// <summary>Drops what does not count any more.</summary>
    public void Review()
    {
        lock (_gate)
        {
            DropOutdated();
        }
    }

    private SourceObject? Below(ObjectKey key) => _below.Current.Objects.GetValueOrDefault(key);

    private void DropOutdated() => Drop(
        from pair in _told
        where _leadership.State == LeadershipState.Leading || pair.Value.Term < _leadership.Term
            || !ReferenceEquals(pair.Value.Below, Below(pair.Key))
        select pair.Key);

    private void Drop(IEnumerable<ObjectKey> keys)
    {
        foreach (var key in keys.ToList())
        {
            _told = _told.Remove(key);
            _layer.Change([key], []);
        }
    }

    private static SourceObject Read(JsonObject split)
    {
        var version = split.TextAt("apiVersion").Split('/');
        if (version is not [ClusterKinds.SplitGroup, { Length: > 0 } served] || split.TextAt("kind") != ClusterKinds.Split
            || split.TextAt("metadata", "name").Length == 0 || split.TextAt("metadata", "namespace").Length == 0)
        {
            throw new FormatException($"A TrafficSplit with name and namespace is expected, not {split.TextAt("kind")} of {split.TextAt("apiVersion")}.");
        }

        return ApiObjects.Read(split, new ApiResource(ClusterKinds.SplitGroup, served, "trafficsplits", ClusterKinds.Split));
    }

    /// <summary>What was told, what the API server had said by then, and in which term.</summary>
    private sealed record Told(SourceObject Split, SourceObject? Below, int Term);
}

using System.Collections.Immutable;
using XdsCanary.KubeRuntime.Api;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.KubeRuntime.Cluster;

/// <summary>
/// The objects of an API server as they are known at one moment. An object never goes back to an older version, so that what a
/// write has answered counts at once and the watch's older news do not undo it. Immutable and pure.
/// </summary>
internal sealed record ClusterStore
{
    // A version below which an object that was deleted is not taken again.
    private ImmutableDictionary<ObjectKey, ulong> Removed { get; init; } = ImmutableDictionary<ObjectKey, ulong>.Empty;

    /// <summary>Nothing.</summary>
    public static ClusterStore Empty { get; } = new();

    /// <summary>The objects.</summary>
    public ImmutableDictionary<ObjectKey, SourceObject> Objects { get; private init; } =
        ImmutableDictionary<ObjectKey, SourceObject>.Empty;

    /// <summary>What could not be read, by object; the last good version of such an object stays.</summary>
    public ImmutableDictionary<ObjectKey, ObjectProblem> Problems { get; private init; } =
        ImmutableDictionary<ObjectKey, ObjectProblem>.Empty;

    /// <summary>With an object that is new or has changed.</summary>
    /// <param name="item">The object.</param>
    /// <returns>The same store when it knows a version as new.</returns>
    public ClusterStore Put(SourceObject item)
    {
        var version = ApiObjects.VersionOf(item);
        var isOld = Objects.TryGetValue(item.Key, out var known) && ApiObjects.VersionOf(known) >= version && version > 0;
        if (isOld || (Removed.TryGetValue(item.Key, out var removed) && removed >= version && version > 0))
        {
            return this;
        }

        return this with
        {
            Objects = Objects.SetItem(item.Key, item),
            Problems = Problems.Remove(item.Key),
            Removed = Removed.Remove(item.Key),
        };
    }

    /// <summary>With a fault of an object.</summary>
    /// <param name="problem">The fault.</param>
    public ClusterStore Put(ObjectProblem problem) =>
        problem.Object is { } key ? this with { Problems = Problems.SetItem(key, problem) } : this;

    /// <summary>Without an object.</summary>
    /// <param name="last">Its last version.</param>
    /// <returns>The same store when it knows a newer version: the object was made again.</returns>
    public ClusterStore Remove(SourceObject last)
    {
        var version = ApiObjects.VersionOf(last);
        var isNewer = Objects.TryGetValue(last.Key, out var known) && ApiObjects.VersionOf(known) > version;
        return isNewer ? this : this with
        {
            Objects = Objects.Remove(last.Key),
            Problems = Problems.Remove(last.Key),
            Removed = version > 0 && known is not null ? Removed.SetItem(last.Key, version) : Removed,
        };
    }

    /// <summary>With exactly these objects of a kind, but for what is newer than the list.</summary>
    /// <param name="group">The kind's group.</param>
    /// <param name="kind">The kind.</param>
    /// <param name="readings">The objects, and what could not be read.</param>
    /// <param name="version">The version of the list.</param>
    public ClusterStore Replace(string group, string kind, ImmutableArray<ObjectReading> readings, ulong version)
    {
        var listed = readings.SelectMany(reading => reading.Objects).ToDictionary(item => item.Key);
        var faulty = readings.SelectMany(reading => reading.Problems)
            .Where(problem => problem.Object is not null)
            .DistinctBy(problem => problem.Object)
            .ToDictionary(problem => problem.Object!.Value);
        var objects = Objects.ToBuilder();
        foreach (var (key, known) in Objects.Where(pair => IsOf(pair.Key, group, kind)))
        {
            if (!listed.ContainsKey(key) && !faulty.ContainsKey(key) && ApiObjects.VersionOf(known) <= version)
            {
                objects.Remove(key);
            }
        }

        foreach (var (key, item) in listed)
        {
            var isKept = objects.TryGetValue(key, out var known)
                && (ApiObjects.VersionOf(known) > ApiObjects.VersionOf(item) || known.Fingerprint == item.Fingerprint);
            if (!isKept)
            {
                objects[key] = item;
            }
        }

        return this with
        {
            Objects = objects.ToImmutable(),
            Problems = Problems.RemoveRange(Problems.Keys.Where(key => IsOf(key, group, kind))).SetItems(faulty),
            // What was deleted before the list was made is not in it, and older news do not come after it.
            Removed = Removed.RemoveRange(Removed.Where(pair => IsOf(pair.Key, group, kind) && pair.Value <= version).Select(pair => pair.Key)),
        };
    }

    private static bool IsOf(ObjectKey key, string group, string kind) => key.Kind == kind && key.Group == group;
}

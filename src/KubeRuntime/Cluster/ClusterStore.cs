using System.Collections.Immutable;
using XdsCanary.KubeRuntime.Api;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.KubeRuntime.Cluster;

/// <summary>
/// The objects of an API server as they are known at one moment. An object never goes back to an older version, nor comes back after
/// its deletion, so that what a write has answered counts at once and older news, from the watch or from a write whose answer was
/// late, undo nothing. Needs no list of what was deleted: the list and the watch of a kind tell everything up to a version, so an
/// object at or below that version which is not known is gone. Immutable and pure.
/// </summary>
internal sealed record ClusterStore
{
    // Up to which version everything that happened to a kind has been told.
    private ImmutableDictionary<(string Group, string Kind), ulong> Told { get; init; } =
        ImmutableDictionary<(string Group, string Kind), ulong>.Empty;

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
    /// <returns>The same store when the object is known in a version as new, or known to be gone.</returns>
    public ClusterStore Put(SourceObject item)
    {
        var version = ApiObjects.VersionOf(item);
        return IsOld(item.Key, version) ? this : this with
        {
            Objects = Objects.SetItem(item.Key, item),
            // A version that the watch has passed already is not the one that could not be read.
            Problems = version > 0 && version <= ToldOf(item.Key) ? Problems : Problems.Remove(item.Key),
        };
    }

    /// <summary>With a fault of an object.</summary>
    /// <param name="problem">The fault.</param>
    /// <param name="version">The object's version; 0 when it has none.</param>
    public ClusterStore Put(ObjectProblem problem, ulong version) =>
        problem.Object is { } key && !IsOld(key, version) ? this with { Problems = Problems.SetItem(key, problem) } : this;

    /// <summary>Without an object.</summary>
    /// <param name="key">The object.</param>
    /// <param name="version">The version of its deletion; 0 when it has none.</param>
    /// <returns>The same store when it knows a newer version: the object was made again.</returns>
    public ClusterStore Remove(ObjectKey key, ulong version)
    {
        var isNewer = version > 0 && Objects.TryGetValue(key, out var known) && ApiObjects.VersionOf(known) > version;
        return isNewer ? this : this with { Objects = Objects.Remove(key), Problems = Problems.Remove(key) };
    }

    /// <summary>Notes that everything that happened to a kind up to a version has been told.</summary>
    /// <param name="group">The kind's group.</param>
    /// <param name="kind">The kind.</param>
    /// <param name="version">The version.</param>
    public ClusterStore Advance(string group, string kind, ulong version) =>
        version > Told.GetValueOrDefault((group, kind)) ? this with { Told = Told.SetItem((group, kind), version) } : this;

    /// <summary>
    /// With exactly these objects of a kind, but for what is newer than the list. A list that is older than what has been told means
    /// that the API server's history was set back, as by restoring a backup: then it counts as it is.
    /// </summary>
    /// <param name="group">The kind's group.</param>
    /// <param name="kind">The kind.</param>
    /// <param name="readings">The objects, and what could not be read.</param>
    /// <param name="version">The version of the list; the list was asked for after everything was told that has been told.</param>
    public ClusterStore Replace(string group, string kind, ImmutableArray<ObjectReading> readings, ulong version)
    {
        var isSetBack = version < Told.GetValueOrDefault((group, kind));
        var listed = Newest(readings);
        var faulty = readings.SelectMany(reading => reading.Problems)
            .Where(problem => problem.Object is not null)
            .DistinctBy(problem => problem.Object)
            .ToDictionary(problem => problem.Object!.Value);
        var objects = Objects.ToBuilder();
        foreach (var (key, known) in Objects.Where(pair => IsOf(pair.Key, group, kind)))
        {
            if (!listed.ContainsKey(key) && !faulty.ContainsKey(key) && (isSetBack || version == 0 || ApiObjects.VersionOf(known) <= version))
            {
                objects.Remove(key);
            }
        }

        foreach (var (key, item) in listed)
        {
            var isKept = objects.TryGetValue(key, out var known)
                && ((!isSetBack && ApiObjects.VersionOf(known) > ApiObjects.VersionOf(item)) || known.Fingerprint == item.Fingerprint);
            if (!isKept)
            {
                objects[key] = item;
            }
        }

        var problems = Problems.RemoveRange(Problems.Keys.Where(key => IsOf(key, group, kind) && !faulty.ContainsKey(key))).SetItems(faulty);
        return this with { Objects = objects.ToImmutable(), Problems = problems, Told = Told.SetItem((group, kind), version) };
    }

    /// <summary>With a list that was read beside the watch, which may have gone on meanwhile.</summary>
    /// <param name="group">The kind's group.</param>
    /// <param name="kind">The kind.</param>
    /// <param name="readings">The objects, and what could not be read.</param>
    /// <param name="version">The version of the list.</param>
    public ClusterStore Refresh(string group, string kind, ImmutableArray<ObjectReading> readings, ulong version) =>
        version >= Told.GetValueOrDefault((group, kind))
            ? Replace(group, kind, readings, version)
            : readings.SelectMany(reading => reading.Objects).Aggregate(this, (store, item) => store.Put(item));

    /// <summary>Without a kind.</summary>
    /// <param name="group">The kind's group.</param>
    /// <param name="kind">The kind.</param>
    public ClusterStore Forget(string group, string kind) => this with
    {
        Objects = Objects.RemoveRange(Objects.Keys.Where(key => IsOf(key, group, kind))),
        Problems = Problems.RemoveRange(Problems.Keys.Where(key => IsOf(key, group, kind))),
        Told = Told.Remove((group, kind)),
    };

    private bool IsOld(ObjectKey key, ulong version) =>
        version > 0 && version <= (Objects.TryGetValue(key, out var known) ? ApiObjects.VersionOf(known) : ToldOf(key));

    private ulong ToldOf(ObjectKey key) => Told.GetValueOrDefault((key.Group, key.Kind));

    private static Dictionary<ObjectKey, SourceObject> Newest(ImmutableArray<ObjectReading> readings)
    {
        var newest = new Dictionary<ObjectKey, SourceObject>();
        foreach (var item in readings.SelectMany(reading => reading.Objects))
        {
            if (!newest.TryGetValue(item.Key, out var known) || ApiObjects.VersionOf(known) < ApiObjects.VersionOf(item))
            {
                newest[item.Key] = item;
            }
        }

        return newest;
    }

    private static bool IsOf(ObjectKey key, string group, string kind) => key.Kind == kind && key.Group == group;
}

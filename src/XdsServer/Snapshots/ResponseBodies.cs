using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace XdsCanary.XdsServer.Snapshots;

/// <summary>
/// The response bodies made from one set of resources. Streams that lack the same resources get the same bytes. Thread-safe;
/// bounded: a body that finds no room is made for its stream alone.
/// </summary>
internal sealed class ResponseBodies
{
    /// <summary>Bodies kept for one set. The usual number is one or two for each variant.</summary>
    private const int Capacity = 128;

    private readonly ConcurrentDictionary<BodyKey, ResponseBody> _bodies = new();

    /// <summary>The body of a state-of-the-world response.</summary>
    /// <param name="typed">The set of resources that owns this memo.</param>
    /// <param name="resources">The resources to carry.</param>
    /// <param name="version">The version to give it.</param>
    public ResponseBody Sotw(TypedResources typed, ImmutableArray<VersionedResource> resources, string version)
    {
        var key = new BodyKey(version, resources.Length, Sum(typed, resources), 0, 0);
        return _bodies.TryGetValue(key, out var body) ? body : Keep(key, ResponseBody.Sotw(typed.Type, resources, version));
    }

    /// <summary>The body of a delta response.</summary>
    /// <param name="typed">The set of resources that owns this memo.</param>
    /// <param name="resources">The resources to carry.</param>
    /// <param name="removed">The names to take away.</param>
    public ResponseBody Delta(TypedResources typed, ImmutableArray<VersionedResource> resources, ImmutableArray<string> removed)
    {
        UInt128 removedSum = 0;
        foreach (var name in removed)
        {
            removedSum += ContentHash.Of(name);
        }

        var key = new BodyKey(null, resources.Length, Sum(typed, resources), removed.Length, removedSum);
        return _bodies.TryGetValue(key, out var body) ? body : Keep(key, ResponseBody.Delta(typed, resources, removed));
    }

    private static UInt128 Sum(TypedResources typed, ImmutableArray<VersionedResource> resources)
    {
        if (resources == typed.Items)
        {
            return typed.HashSum;
        }

        UInt128 sum = 0;
        foreach (var resource in resources)
        {
            sum += resource.Hash;
        }

        return sum;
    }

    private ResponseBody Keep(BodyKey key, ResponseBody body) =>
        _bodies.Count < Capacity ? _bodies.GetOrAdd(key, body) : body;

    private readonly record struct BodyKey(string? SotwVersion, int Resources, UInt128 ResourcesSum, int Removed, UInt128 RemovedSum);
}

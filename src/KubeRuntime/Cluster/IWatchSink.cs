using System.Collections.Immutable;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.KubeRuntime.Cluster;

/// <summary>Receives what a watcher sees of one kind. Thread-safe for different kinds.</summary>
internal interface IWatchSink
{
    /// <summary>These are all objects that there are.</summary>
    /// <param name="kind">Their kind.</param>
    /// <param name="version">The version of the API they were read in.</param>
    /// <param name="readings">The objects, and what could not be read.</param>
    /// <param name="resourceVersion">The version of the list.</param>
    void Replace(WatchedKind kind, string version, ImmutableArray<ObjectReading> readings, ulong resourceVersion);

    /// <summary>An object is new or has changed.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="reading">The object, or what is wrong with it.</param>
    /// <param name="resourceVersion">Its version.</param>
    void Put(WatchedKind kind, ObjectReading reading, ulong resourceVersion);

    /// <summary>An object is gone.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="last">Its last version, or what is wrong with that.</param>
    /// <param name="resourceVersion">The version of its deletion.</param>
    void Remove(WatchedKind kind, ObjectReading last, ulong resourceVersion);

    /// <summary>Everything up to a version has been told.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="resourceVersion">The version.</param>
    void Passed(WatchedKind kind, ulong resourceVersion);

    /// <summary>The API server does not serve the kind: there are no objects of it.</summary>
    /// <param name="kind">The kind.</param>
    void NotServed(WatchedKind kind);
}

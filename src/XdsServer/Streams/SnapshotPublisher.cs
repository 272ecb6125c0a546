using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using XdsCanary.XdsServer.Model;
using XdsCanary.XdsServer.Observability;
using XdsCanary.XdsServer.Resources;
using XdsCanary.XdsServer.Snapshots;

namespace XdsCanary.XdsServer.Streams;

/// <summary>
/// Builds the snapshots of all node groups from the mesh and hands them to the streams. The one shared mutable thing of the
/// xDS side. Groups come into being when somebody asks for one and are dropped when nobody follows them any more; versions are
/// made of content, so a group that comes back has the versions it had. Thread-safe.
/// </summary>
internal sealed class SnapshotPublisher
{
    private readonly Lock _lock = new();
    private readonly Dictionary<NodeGroup, Entry> _groups = [];
    private readonly ResourceOptions _options;
    private readonly NodeGroup _defaultGroup;
    private readonly XdsMetrics _metrics;
    private readonly ILogger<SnapshotPublisher> _logger;
    private MeshState? _state;
    private GroupSnapshots[] _published = [];

    /// <summary>Makes a publisher without snapshots.</summary>
    /// <param name="options">How resources are made.</param>
    /// <param name="defaultGroup">A group that is always built, whether or not a node asks for it.</param>
    /// <param name="metrics">The server's metrics.</param>
    /// <param name="logger">The log.</param>
    public SnapshotPublisher(
        ResourceOptions options, NodeGroup defaultGroup, XdsMetrics metrics, ILogger<SnapshotPublisher> logger)
    {
        _options = options;
        _defaultGroup = defaultGroup;
        _metrics = metrics;
        _logger = logger;
        Add(defaultGroup);
    }

    /// <summary>The groups there are now. Never waits for a build under way, for every canary asks here whether it has converged.</summary>
    public ImmutableArray<GroupSnapshots> Groups => ImmutableCollectionsMarshal.AsImmutableArray(Volatile.Read(ref _published));

    /// <summary>What the resource builders found wrong, over all groups, without repeats.</summary>
    public ImmutableArray<ObjectFinding> Findings
    {
        get
        {
            lock (_lock)
            {
                return [.. _groups.Values.SelectMany(entry => entry.Build?.Findings ?? []).Distinct()];
            }
        }
    }

    /// <summary>True once every group has a snapshot.</summary>
    public bool HasPublished => Groups.All(group => group.Current is not null);

    /// <summary>Builds and publishes the snapshots of a mesh; groups whose resources stay the same are left alone.</summary>
    /// <param name="state">The mesh.</param>
    public void Publish(MeshState state)
    {
        lock (_lock)
        {
            _state = state;
            foreach (var entry in _groups.Values.ToArray())
            {
                if (entry.Snapshots.Followers == 0 && entry.Snapshots.Group != _defaultGroup && !entry.IsKept)
                {
                    _groups.Remove(entry.Snapshots.Group);
                    continue;
                }

                entry.IsKept = false;
                Build(entry, state);
            }

            PublishGroups();
            foreach (var type in ResourceType.InPushOrder)
            {
                _metrics.Sized(type, Groups.Sum(group => group.Current?.Get(type).Items.Length ?? 0));
            }
        }
    }

    /// <summary>Makes a stream follow a group, which is built first if need be.</summary>
    /// <param name="group">The group.</param>
    /// <param name="signal">The stream's signal.</param>
    public GroupSnapshots Join(NodeGroup group, AsyncSignal signal)
    {
        lock (_lock)
        {
            if (!_groups.TryGetValue(group, out var entry))
            {
                entry = AddBuilt(group);
            }

            entry.Snapshots.Follow(signal);
            return entry.Snapshots;
        }
    }

    /// <summary>
    /// Sees to it that there is a group that sees a namespace, whether or not a stream follows it, until the mesh is published
    /// for the second time from now.
    /// </summary>
    /// <param name="space">The namespace.</param>
    public void Keep(string space)
    {
        lock (_lock)
        {
            var entry = _groups.Values.FirstOrDefault(found => found.Snapshots.Group.Sees(space)) ?? AddBuilt(NodeGroup.Create(space, []));
            entry.IsKept = true;
        }
    }

    private Entry AddBuilt(NodeGroup group)
    {
        var entry = Add(group);
        if (_state is not null)
        {
            Build(entry, _state);
        }

        return entry;
    }

    private Entry Add(NodeGroup group)
    {
        var entry = new Entry(new GroupSnapshots(group));
        _groups.Add(group, entry);
        PublishGroups();
        return entry;
    }

    private void PublishGroups() => Volatile.Write(ref _published, [.. _groups.Values.Select(entry => entry.Snapshots)]);

    [SuppressMessage("Performance", "CA1873", Justification = "Publishing is rare.")]
    private void Build(Entry entry, MeshState state)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var group = entry.Snapshots.Group;
        var build = ResourceBundleBuilder.Build(state, group, _options, entry.Build);
        entry.Build = build;
        var current = entry.Snapshots.Current;
        var snapshot = SnapshotBuilder.Build(group, build.Bundle, current);
        if (ReferenceEquals(snapshot, current))
        {
            return;
        }

        var faults = SnapshotConsistency.Check(snapshot, current);
        if (!faults.IsEmpty)
        {
            _metrics.Inconsistent.Inc();
            _logger.SnapshotInconsistent(group.ToString(), string.Join("; ", faults));
            return;
        }

        entry.Snapshots.Publish(snapshot);
        _metrics.BuildSeconds.Observe(watch.Elapsed.TotalSeconds);
        _logger.SnapshotPublished(
            snapshot.Generation,
            group.ToString(),
            snapshot.Get(ResourceType.Cluster).Items.Length,
            snapshot.Get(ResourceType.Endpoint).Items.Length,
            snapshot.Get(ResourceType.Route).Items.Length,
            watch.Elapsed.TotalMilliseconds);
    }

    private sealed class Entry(GroupSnapshots snapshots)
    {
        public GroupSnapshots Snapshots { get; } = snapshots;

        public ResourceBundleBuild? Build { get; set; }

        /// <summary>Somebody has asked for it since the last publication.</summary>
        public bool IsKept { get; set; }
    }
}

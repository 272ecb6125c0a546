using System.Collections.Concurrent;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Standalone;

/// <summary>
/// Lays the objects of canaries' states over the manifests, where the traffic half reads them. Renders only what changed.
/// Thread-safe for different canaries.
/// </summary>
/// <param name="objects">Where they go.</param>
internal sealed class StatePublisher(LayeredObjectSource objects)
{
    private readonly ConcurrentDictionary<NamespacedName, Rendered> _rendered = new();

    /// <summary>Publishes a state.</summary>
    /// <param name="state">The state.</param>
    /// <param name="makesApex">True when the apex Service is not among the manifests.</param>
    public void Publish(CanaryState state, bool makesApex)
    {
        var before = _rendered.GetValueOrDefault(state.Key) ?? Rendered.Nothing;
        if (ReferenceEquals(before.State, state) && before.MakesApex == makesApex)
        {
            return;
        }

        var next = before.With(state, makesApex);
        var added = next.Objects.Where(item => !before.Objects.Contains(item, ReferenceEqualityComparer.Instance)).ToList();
        var kept = next.Objects.Select(item => item.Key).ToHashSet();
        var removed = before.Objects.Select(item => item.Key).Where(key => !kept.Contains(key)).ToList();
        var revision = added.Count + removed.Count > 0 ? objects.Change(removed, added) : before.Revision;
        _rendered[state.Key] = next with { Revision = revision };
    }

    /// <summary>The revision of the object set that has what was published last for a canary.</summary>
    /// <param name="key">The canary.</param>
    public long RevisionOf(NamespacedName key) => _rendered.GetValueOrDefault(key)?.Revision ?? 0;

    private sealed record Rendered(CanaryState? State, bool MakesApex, IReadOnlyList<SourceObject>[] Parts, long Revision)
    {
        public static Rendered Nothing { get; } = new(null, false, [[], [], [], []], 0);

        public IEnumerable<SourceObject> Objects => Parts.SelectMany(part => part);

        public Rendered With(CanaryState state, bool makesApex)
        {
            if (state.HandedBack)
            {
                // Nothing is left of it: should it come back, everything is new.
                return Nothing;
            }

            var isSameApex = State?.Apex == state.Apex;
            var isSamePrimary = isSameApex && State?.Primary == state.Primary;
            var parts = new[]
            {
                isSamePrimary ? Parts[0] : Workload(state, "primary", state.Primary),
                isSameApex && State?.Canary == state.Canary ? Parts[1] : Workload(state, "canary", state.Canary),
                isSamePrimary && MakesApex == makesApex ? Parts[2] : Apex(state, makesApex),
                isSameApex && State?.Traffic == state.Traffic ? Parts[3] : Split(state),
            };
            return new Rendered(state, makesApex, parts, 0);
        }

        // A canary that never ran has no endpoints yet, but the split names its Service: it shows the primary's.
        private static SourceObject[] Workload(CanaryState state, string suffix, TargetSnapshot? snapshot) =>
            snapshot is null ? [] : [.. StateObjects.Workload(state, $"{state.Apex}-{suffix}", snapshot)];

        private static SourceObject[] Apex(CanaryState state, bool makesApex) =>
            makesApex && state.Primary is { } primary ? [StateObjects.Service(state, state.Apex, primary.Spec)] : [];

        private static SourceObject[] Split(CanaryState state) =>
            state.Traffic is { } plan ? [StateObjects.Split(state, plan)] : [];
    }
}

using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json.Nodes;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Kubernetes.Objects;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.KubeRuntime.Api;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Kubernetes;

/// <summary>
/// Looks at targets. What was found stays known until one of the objects that it was found in is another one, for a target is looked
/// at several times a second. Thread-safe for different canaries.
/// </summary>
/// <param name="objects">The cluster.</param>
/// <param name="index">Is told what a target is configured by.</param>
/// <param name="options">How targets are treated.</param>
internal sealed class TargetViews(ClusterObjects objects, ObjectIndex index, ClusterOptions options)
{
    private readonly ConcurrentDictionary<NamespacedName, Seen> _seen = new();

    /// <summary>The resource of a canary's target.</summary>
    /// <param name="spec">The canary.</param>
    public static ApiResource ResourceOf(CanarySpec spec) => spec.Target.Kind switch
    {
        TargetKind.Deployment => ClusterKinds.Deployments,
        TargetKind.DaemonSet => ClusterKinds.DaemonSets,
        _ => ClusterKinds.Services,
    };

    /// <summary>The name of a canary's target.</summary>
    /// <param name="spec">The canary.</param>
    public static NamespacedName NameOf(CanarySpec spec) => new(spec.Key.Namespace, spec.Target.Name);

    /// <summary>The name of a canary's primary.</summary>
    /// <param name="spec">The canary.</param>
    public static NamespacedName PrimaryOf(CanarySpec spec) => new(spec.Key.Namespace, $"{spec.Target.Name}-primary");

    /// <summary>Looks at a target.</summary>
    /// <param name="spec">The canary.</param>
    /// <returns>The target.</returns>
    /// <exception cref="WorkloadException">It cannot be used; the message says why, and what helps.</exception>
    public TargetView Of(CanarySpec spec)
    {
        var target = TargetOf(spec);
        var owner = objects.OwnerOf(spec.Key);
        if (_seen.TryGetValue(spec.Key, out var known) && known.IsOf(spec, target, owner, objects))
        {
            return known.View;
        }

        var seen = Look(spec, target, owner);
        _seen[spec.Key] = seen;
        index.UseConfigs(spec.Key, [.. seen.Looked.Select(pair => pair.Key)]);
        return seen.View;
    }

    /// <summary>How objects are made for a canary, whether or not what its target is configured by can be read.</summary>
    /// <param name="spec">The canary.</param>
    /// <exception cref="WorkloadException">The target is gone, or has no label to select it by.</exception>
    public MadeFor MadeFor(CanarySpec spec) => MadeFor(spec, ObjectJson.Of(TargetOf(spec)), objects.OwnerOf(spec.Key));

    /// <summary>The checksums of what a target is configured by; none when it cannot be used.</summary>
    /// <param name="spec">The canary.</param>
    public ImmutableSortedDictionary<string, string> ConfigsOf(CanarySpec spec) =>
        _seen.TryGetValue(spec.Key, out var seen)
            ? seen.View.Tracked.ToImmutableSortedDictionary(pair => pair.Key.ToString(), pair => pair.Value, StringComparer.Ordinal)
            : ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Forgets a canary.</summary>
    /// <param name="key">The canary.</param>
    public void Forget(NamespacedName key) => _seen.TryRemove(key, out _);

    private Seen Look(CanarySpec spec, SourceObject target, CanaryOwner owner)
    {
        var json = ObjectJson.Of(target);
        var made = MadeFor(spec, json, owner);
        EquatableArray<ConfigReference> references = options.ConfigTracking && json.ObjectAt("spec", "template") is { } template
            ? ConfigReferences.Of(template)
            : [];
        var looked = references.Select(reference => KeyOf(spec, reference.Key)).Distinct().ToDictionary(
            key => key, key => objects.Workloads.Current.Objects.GetValueOrDefault(key));
        // Made known before anything can fail, so that a ConfigMap that is missing is noticed when it is made.
        index.UseConfigs(spec.Key, [.. looked.Keys]);
        var found = looked.Values.OfType<SourceObject>().Select(ObjectJson.Of).ToImmutableDictionary(ConfigKey.Of);
        var tracked = ConfigTracking.Of(references, found, spec.Key.Namespace);
        var revision = RevisionHash.Of(json.ObjectAt("spec", "template") ?? [], tracked);
        return new Seen(spec, new TargetView(target, json, made, found, tracked, revision), looked);
    }

    private SourceObject TargetOf(CanarySpec spec)
    {
        var kind = spec.Target.Kind.ToString().ToLowerInvariant();
        return objects.Find(ResourceOf(spec), NameOf(spec)) ?? throw new WorkloadException(
            $"{kind} {spec.Target.Name}.{spec.Key.Namespace} get query error: there is no such {kind}");
    }

    private MadeFor MadeFor(CanarySpec spec, JsonObject target, CanaryOwner owner) => new(
        spec,
        SelectorLabel.Of(target, options.SelectorLabels.ToEquatableArray()),
        owner,
        new IncludePrefixes(options.IncludeLabelPrefixes.ToEquatableArray()));

    private static ObjectKey KeyOf(CanarySpec spec, ConfigKey key)
    {
        var resource = key.Kind == ConfigKind.ConfigMap ? ClusterKinds.ConfigMaps : ClusterKinds.Secrets;
        return resource.KeyOf(new NamespacedName(spec.Key.Namespace, key.Name));
    }

    private sealed record Seen(CanarySpec Spec, TargetView View, IReadOnlyDictionary<ObjectKey, SourceObject?> Looked)
    {
        public bool IsOf(CanarySpec spec, SourceObject target, CanaryOwner owner, ClusterObjects objects) =>
            ReferenceEquals(Spec, spec) && ReferenceEquals(View.Target, target) && View.Made.Owner == owner
            && Looked.All(pair => ReferenceEquals(objects.Workloads.Current.Objects.GetValueOrDefault(pair.Key), pair.Value));
    }
}

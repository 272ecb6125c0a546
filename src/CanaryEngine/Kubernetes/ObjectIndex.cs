using System.Collections.Immutable;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Kubernetes;

/// <summary>Knows which canaries are concerned by which objects. Thread-safe.</summary>
internal sealed class ObjectIndex
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ObjectKey, ImmutableHashSet<NamespacedName>> _concerned = [];
    private readonly Dictionary<NamespacedName, ImmutableHashSet<ObjectKey>> _objects = [];
    private readonly Dictionary<NamespacedName, ImmutableHashSet<ObjectKey>> _configs = [];

    /// <summary>The canaries that an object concerns.</summary>
    /// <param name="key">The object.</param>
    public ImmutableHashSet<NamespacedName> Concerned(ObjectKey key)
    {
        lock (_gate)
        {
            return _concerned.GetValueOrDefault(key, []);
        }
    }

    /// <summary>Takes over a canary: its target, and what is made for it.</summary>
    /// <param name="spec">The canary.</param>
    public void Use(CanarySpec spec)
    {
        var space = spec.Key.Namespace;
        var workload = spec.Target.Kind switch
        {
            TargetKind.Deployment => ClusterKinds.Deployments,
            TargetKind.DaemonSet => ClusterKinds.DaemonSets,
            _ => ClusterKinds.Services,
        };
        ImmutableHashSet<ObjectKey> objects =
        [
            workload.KeyOf(new NamespacedName(space, spec.Target.Name)),
            workload.KeyOf(new NamespacedName(space, $"{spec.Target.Name}-primary")),
            ClusterKinds.Services.KeyOf(spec.Apex), ClusterKinds.Services.KeyOf(spec.Primary), ClusterKinds.Services.KeyOf(spec.Canary),
            new ObjectKey(ClusterKinds.SplitGroup, ClusterKinds.Split, spec.Apex),
            .. Autoscalers(spec),
        ];
        lock (_gate)
        {
            Set(_objects, spec.Key, objects);
        }
    }

    /// <summary>Takes over what a canary's target is configured by.</summary>
    /// <param name="canary">The canary.</param>
    /// <param name="configs">The ConfigMaps and Secrets.</param>
    public void UseConfigs(NamespacedName canary, ImmutableHashSet<ObjectKey> configs)
    {
        lock (_gate)
        {
            Set(_configs, canary, configs);
        }
    }

    /// <summary>Forgets a canary.</summary>
    /// <param name="canary">The canary.</param>
    public void Forget(NamespacedName canary)
    {
        lock (_gate)
        {
            Set(_objects, canary, []);
            Set(_configs, canary, []);
            _objects.Remove(canary);
            _configs.Remove(canary);
        }
    }

    private static IEnumerable<ObjectKey> Autoscalers(CanarySpec spec) => spec.Autoscaler is not { } scaler ? [] :
    [
        ClusterKinds.Autoscalers.KeyOf(new NamespacedName(spec.Key.Namespace, scaler.Name)),
        ClusterKinds.Autoscalers.KeyOf(new NamespacedName(spec.Key.Namespace, $"{scaler.Name}-primary")),
    ];

    private void Set(
        Dictionary<NamespacedName, ImmutableHashSet<ObjectKey>> table, NamespacedName canary, ImmutableHashSet<ObjectKey> objects)
    {
        var before = table.GetValueOrDefault(canary, []);
        if (before.SetEquals(objects))
        {
            return;
        }

        table[canary] = objects;
        var others = ReferenceEquals(table, _objects) ? _configs : _objects;
        foreach (var gone in before.Except(objects).Except(others.GetValueOrDefault(canary, [])))
        {
            var rest = _concerned[gone].Remove(canary);
            if (rest.IsEmpty)
            {
                _concerned.Remove(gone);
            }
            else
            {
                _concerned[gone] = rest;
            }
        }

        foreach (var added in objects)
        {
            _concerned[added] = _concerned.GetValueOrDefault(added, []).Add(canary);
        }
    }
}

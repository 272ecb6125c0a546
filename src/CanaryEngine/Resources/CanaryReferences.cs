using XdsCanary.CanaryEngine.Core;
using XdsCanary.KubeRuntime.Documents;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Resources;

/// <summary>Checks what only several objects together show: references that lead nowhere, and canaries in each other's way. Pure.</summary>
public static class CanaryReferences
{
    /// <summary>Checks canaries against all objects.</summary>
    /// <param name="canaries">The canaries without faults of their own.</param>
    /// <param name="objects">All objects, the canaries among them.</param>
    /// <returns>The faults.</returns>
    public static EquatableArray<ObjectProblem> Check(
        IEnumerable<CanarySpec> canaries, IReadOnlyDictionary<ObjectKey, SourceObject> objects)
    {
        ArgumentNullException.ThrowIfNull(canaries);
        ArgumentNullException.ThrowIfNull(objects);
        CanarySpec[] all = [.. canaries.OrderBy(canary => canary.Key)];
        return all.SelectMany(canary => CheckOne(canary, all, objects)).ToEquatableArray();
    }

    private static IEnumerable<ObjectProblem> CheckOne(
        CanarySpec canary, CanarySpec[] all, IReadOnlyDictionary<ObjectKey, SourceObject> objects)
    {
        if (!objects.TryGetValue(CanaryKinds.CanaryKey(canary.Key), out var source))
        {
            return [];
        }

        var faults = new List<NodeProblem>();
        var spec = NodeReader.At(source.Root, faults).Field("spec");
        var analysis = spec.Field("analysis").Exists ? spec.Field("analysis") : spec.Field("canaryAnalysis");
        CheckNames(analysis.Field("metrics"), "templateRef", CanaryKinds.MetricTemplate, canary, objects);
        CheckNames(analysis.Field("alerts"), "providerRef", CanaryKinds.AlertProvider, canary, objects);
        CheckTarget(spec, canary, objects);
        CheckRivals(spec, canary, all);
        return faults.Select(fault => ObjectReader.Located(fault, source.Origin, source.Key));
    }

    private static void CheckNames(
        NodeReader list, string field, string kind, CanarySpec canary, IReadOnlyDictionary<ObjectKey, SourceObject> objects)
    {
        foreach (var reference in list.Items().Select(item => item.Field(field)).Where(reference => reference.Exists))
        {
            var space = reference.Field("namespace").Text();
            var wanted = new NamespacedName(
                string.IsNullOrEmpty(space) ? canary.Key.Namespace : space, reference.Field("name").Text() ?? string.Empty);
            if (objects.ContainsKey(new ObjectKey(CanaryKinds.Group, kind, wanted)))
            {
                continue;
            }

            string[] there =
            [
                .. objects.Keys.Where(key => key.Group == CanaryKinds.Group && key.Kind == kind && key.Name.Namespace == wanted.Namespace)
                    .Select(key => key.Name.Name).Order(StringComparer.Ordinal),
            ];
            reference.Field("name").Report(
                $"there is no {kind} {wanted}",
                NearestName.Find(wanted.Name, there) is { } nearest
                    ? $"Write '{nearest}'"
                    : $"Add the {kind}, or write the name and namespace of one that is there");
        }
    }

    // Deployments and DaemonSets are not among the objects that are always read.
    private static void CheckTarget(NodeReader spec, CanarySpec canary, IReadOnlyDictionary<ObjectKey, SourceObject> objects)
    {
        var target = new NamespacedName(canary.Key.Namespace, canary.Target.Name);
        if (canary.Target.Kind == TargetKind.Service && !objects.ContainsKey(new ObjectKey(string.Empty, "Service", target)))
        {
            spec.Field("targetRef").Field("name").Report(
                $"there is no Service {target}", "Add the Service, or write the name of one in the canary's namespace");
        }
    }

    private static void CheckRivals(NodeReader spec, CanarySpec canary, CanarySpec[] all)
    {
        foreach (var other in all.Where(other => other.Key != canary.Key && other.Key.Namespace == canary.Key.Namespace))
        {
            if (other.Target == canary.Target)
            {
                spec.Field("targetRef").Field("name").Report(
                    $"{canary.Target.Kind} '{canary.Target.Name}' is the target of Canary {other.Key}, too", "Keep one of the two canaries");
            }
            else if (other.Apex == canary.Apex)
            {
                spec.Field("service").Field("name").Report(
                    $"the service '{canary.Apex.Name}' is made by Canary {other.Key}, too", "Write another name for one of the two");
            }
        }
    }
}

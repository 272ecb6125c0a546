using System.Collections.Immutable;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Resources;

/// <summary>Everything that a set of objects says about canaries. Immutable.</summary>
/// <param name="Canaries">The canaries without faults of their own.</param>
/// <param name="Templates">The MetricTemplates without faults.</param>
/// <param name="Providers">The AlertProviders without faults.</param>
/// <param name="Faults">All faults: of the objects, and of what they refer to; in order of object and place.</param>
/// <param name="Notes">What is written, but has no effect here.</param>
public sealed record CanaryObjects(
    ImmutableDictionary<NamespacedName, CanarySpec> Canaries,
    ImmutableDictionary<NamespacedName, MetricTemplateSpec> Templates,
    ImmutableDictionary<NamespacedName, AlertProviderSpec> Providers,
    EquatableArray<ObjectProblem> Faults,
    EquatableArray<ObjectProblem> Notes)
{
    /// <summary>Reads the objects. Pure.</summary>
    /// <param name="objects">All objects, those of others among them.</param>
    /// <param name="options">What they are read for.</param>
    public static CanaryObjects Read(IReadOnlyDictionary<ObjectKey, SourceObject> objects, MapperOptions options)
    {
        ArgumentNullException.ThrowIfNull(objects);
        ArgumentNullException.ThrowIfNull(options);
        var faults = new List<ObjectProblem>();
        var notes = new List<ObjectProblem>();
        var canaries = Read(CanaryKinds.Canary, CanaryMapper.Map, spec => spec.Key);
        var templates = Read(CanaryKinds.MetricTemplate, MetricTemplateMapper.Map, spec => spec.Key);
        var providers = Read(CanaryKinds.AlertProvider, AlertProviderMapper.Map, spec => spec.Key);
        faults.AddRange(objects.Values.Select(CanaryKinds.Refuse).OfType<ObjectProblem>());
        faults.AddRange(CanaryReferences.Check(canaries.Values, objects));
        return new CanaryObjects(canaries, templates, providers, Ordered(faults), Ordered(notes));

        ImmutableDictionary<NamespacedName, T> Read<T>(
            string kind, Func<SourceObject, MapperOptions, Mapped<T>> map, Func<T, NamespacedName> key)
            where T : class
        {
            Mapped<T>[] read =
            [
                .. objects.Values.Where(source => source.Key.Group == CanaryKinds.Group && source.Key.Kind == kind)
                    .Select(source => map(source, options)),
            ];
            faults.AddRange(read.SelectMany(mapped => mapped.Faults.Items));
            notes.AddRange(read.SelectMany(mapped => mapped.Notes.Items));
            return read.Select(mapped => mapped.Value).OfType<T>().ToImmutableDictionary(key);
        }
    }

    private static EquatableArray<ObjectProblem> Ordered(List<ObjectProblem> problems) => problems
        .OrderBy(problem => $"{problem.Object}", StringComparer.Ordinal)
        .ThenBy(problem => problem.Origin.Line)
        .ThenBy(problem => problem.Field, StringComparer.Ordinal)
        .ToEquatableArray();
}

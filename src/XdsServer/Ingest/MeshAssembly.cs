using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Model;

namespace XdsCanary.XdsServer.Ingest;

/// <summary>The mesh as read from a set of objects, with what is needed to read the next set by its differences only.</summary>
internal sealed class MeshAssembly
{
    private readonly Lazy<ImmutableArray<ObjectReport>> _reports;

    /// <summary>Makes an assembly.</summary>
    public MeshAssembly() => _reports = new Lazy<ImmutableArray<ObjectReport>>(
        () => Ordered(Namespaces!.Values.SelectMany(space => space.Reports.Values)));

    [SetsRequiredMembers]
    private MeshAssembly(MeshAssembly content, ObjectSet objects)
    {
        (State, Options, Objects, Namespaces) = (content.State, content.Options, objects, content.Namespaces);
        _reports = content._reports;
    }

    /// <summary>The mesh; the same instance as in the assembly before when nothing in it changed.</summary>
    public required MeshState State { get; init; }

    /// <summary>The options that it was read with.</summary>
    public required MeshOptions Options { get; init; }

    /// <summary>The objects that it was read from.</summary>
    public required ObjectSet Objects { get; init; }

    /// <summary>The namespaces that it was put together from.</summary>
    public required ImmutableSortedDictionary<string, NamespaceAssembly> Namespaces { get; init; }

    /// <summary>What became of each object of the mesh's kinds, by key.</summary>
    public ImmutableArray<ObjectReport> Reports => _reports.Value;

    /// <summary>Those of the reports that tell of a fault, and those of some other objects, by key.</summary>
    /// <param name="others">The other objects.</param>
    public ImmutableArray<ObjectReport> FaultyReports(IEnumerable<ObjectKey> others) => Ordered(
        Namespaces.Values.SelectMany(space => space.Faulty.Values)
            .Concat(others.Select(FindReport).OfType<ObjectReport>())
            .Distinct());

    /// <summary>The same, read from objects that say the same.</summary>
    /// <param name="objects">The objects.</param>
    public MeshAssembly ReadFrom(ObjectSet objects) => new(this, objects);

    private ObjectReport? FindReport(ObjectKey key) => Namespaces.GetValueOrDefault(key.Name.Namespace)?.Reports.GetValueOrDefault(key);

    private static ImmutableArray<ObjectReport> Ordered(IEnumerable<ObjectReport> reports) =>
    [
        .. reports
            .OrderBy(report => report.Key.Group, StringComparer.Ordinal)
            .ThenBy(report => report.Key.Kind, StringComparer.Ordinal)
            .ThenBy(report => report.Key.Name),
    ];
}

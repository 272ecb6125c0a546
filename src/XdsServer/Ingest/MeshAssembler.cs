using System.Collections.Immutable;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Model;

namespace XdsCanary.XdsServer.Ingest;

/// <summary>
/// Reads a set of objects into a mesh. Objects that cannot be read are left out, or stay as they were, one by one; they never
/// keep the others from being used. Namespaces do not depend on each other: only those where something changed are read again.
/// </summary>
internal static class MeshAssembler
{
    private static readonly ImmutableSortedDictionary<string, NamespaceAssembly> NoNamespaces =
        ImmutableSortedDictionary.Create<string, NamespaceAssembly>(StringComparer.Ordinal);

    /// <summary>A mesh of no objects.</summary>
    public static MeshAssembly Empty { get; } =
        new() { State = MeshState.Empty, Options = new MeshOptions(), Objects = ObjectSet.Empty, Namespaces = NoNamespaces };

    /// <summary>Reads the objects; what did not change since the assembly before is taken from it.</summary>
    /// <param name="previous">The assembly before; null for the first.</param>
    /// <param name="objects">All objects; kinds that are not the mesh's are passed over.</param>
    /// <param name="options">Choices.</param>
    public static MeshAssembly Assemble(MeshAssembly? previous, ObjectSet objects, MeshOptions options)
    {
        var before = previous?.Namespaces ?? NoNamespaces;
        var changes = ObjectDecoder.FindChanges(before, objects, previous is null ? null : objects.ChangedSince(previous.Objects));
        var isAnew = previous is null || previous.Options != options;
        if (previous is not null && !isAnew && changes.Count == 0)
        {
            return previous.ReadFrom(objects);
        }

        var spaces = before.ToBuilder();
        foreach (var name in isAnew ? before.Keys.Union(changes.Select(group => group.Key)) : changes.Select(group => group.Key))
        {
            // Decoding takes no options, so an object's last good version outlives a change of them.
            var known = before.GetValueOrDefault(name);
            var decoded = Apply(known?.Decoded ?? ImmutableDictionary<ObjectKey, DecodedObject>.Empty, changes[name]);
            if (decoded.IsEmpty)
            {
                spaces.Remove(name);
                continue;
            }

            spaces[name] = NamespaceAssembler.Assemble(name, isAnew ? null : known, decoded, [.. changes[name]], options);
        }

        var namespaces = spaces.ToImmutable();
        return new MeshAssembly
        {
            State = StateOf(namespaces, previous?.State),
            Options = options,
            Objects = objects,
            Namespaces = namespaces,
        };
    }

    private static ImmutableDictionary<ObjectKey, DecodedObject> Apply(
        ImmutableDictionary<ObjectKey, DecodedObject> decoded, IEnumerable<DecodedChange> changes)
    {
        var next = decoded.ToBuilder();
        foreach (var change in changes)
        {
            if (change.Item is { } item)
            {
                next[change.Key] = item;
            }
            else
            {
                next.Remove(change.Key);
            }
        }

        return next.ToImmutable();
    }

    private static MeshState StateOf(ImmutableSortedDictionary<string, NamespaceAssembly> namespaces, MeshState? before)
    {
        var meshes = (before ?? MeshState.Empty).Namespaces.ToBuilder();
        meshes.RemoveRange(meshes.Keys.Where(name => !namespaces.ContainsKey(name)).ToList());
        foreach (var (name, space) in namespaces)
        {
            if (!meshes.TryGetValue(name, out var known) || !known.IsSame(space.Mesh))
            {
                meshes[name] = space.Mesh;
            }
        }

        var next = meshes.ToImmutable();
        return before is not null && ReferenceEquals(next, before.Namespaces) ? before : new MeshState(next);
    }
}

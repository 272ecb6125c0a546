using System.Collections.Concurrent;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using XdsCanary.TestKit;

namespace XdsCanary.Architecture.Tests.Sources;

/// <summary>
/// A project of the product as the compiler understands it, so that rules are about what a name means, however it was brought
/// into scope. What source generators add is missing; the rules are not about that.
/// </summary>
internal static class ProjectCompilation
{
    private static readonly ConcurrentDictionary<string, CSharpCompilation> Compilations = new(StringComparer.Ordinal);

    // Everything the product refers to is beside this test or in the shared frameworks.
    private static readonly IReadOnlyList<MetadataReference> References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    /// <summary>Makes the compilation of a project, once.</summary>
    public static CSharpCompilation Of(string project) => Compilations.GetOrAdd(project, Compile);

    private static CSharpCompilation Compile(string project) => CSharpCompilation.Create(
        $"{project}.Checked",
        [.. Repository.SourceOf(project).Select(file => file.Tree), GlobalUsings(project)],
        References.Where(reference => !IsSelf(reference, project)),
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true));

    // The built assembly of the same project would give every name a second meaning.
    private static bool IsSelf(MetadataReference reference, string project) =>
        Path.GetFileNameWithoutExtension(reference.Display) is { } name
        && (name == project || (project == "XdsServer" && name == "xds-canary"));

    private static SyntaxTree GlobalUsings(string project)
    {
        // artifacts/bin/<this>/<configuration>/
        var configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        var path = RepositoryPaths.Combine("artifacts", "obj", project, configuration, $"{project}.GlobalUsings.g.cs");
        return CSharpSyntaxTree.ParseText(File.ReadAllText(path), path: path);
    }
}

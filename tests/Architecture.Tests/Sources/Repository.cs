using XdsCanary.TestKit;

namespace XdsCanary.Architecture.Tests.Sources;

/// <summary>The files of the working copy that rules are about.</summary>
internal static class Repository
{
    private static readonly string[] OutputFolders = ["bin", "obj", "node_modules", "artifacts", "TestResults", ".git"];

    /// <summary>The projects of the product.</summary>
    public static IReadOnlyList<string> SourceProjects { get; } =
        [.. Directory.EnumerateDirectories(RepositoryPaths.Combine("src")).Select(path => Path.GetFileName(path)).Order()];

    /// <summary>The C# files of the product.</summary>
    public static IReadOnlyList<SourceFile> Source { get; } = Read("src");

    /// <summary>The C# files of the tests.</summary>
    public static IReadOnlyList<SourceFile> Tests { get; } = Read("tests");

    /// <summary>The C# files of one project of the product.</summary>
    public static IEnumerable<SourceFile> SourceOf(string project) =>
        Source.Where(file => file.Path.StartsWith($"src/{project}/", StringComparison.Ordinal));

    /// <summary>Every file below a folder, built ones left out, as paths from the root with forward slashes.</summary>
    /// <param name="folder">The folder; empty for the root.</param>
    /// <param name="pattern">Which files, for example <c>*.cs</c>.</param>
    public static IEnumerable<string> Files(string folder, string pattern = "*") =>
        Walk(new DirectoryInfo(RepositoryPaths.Combine(folder)), pattern)
            .Select(path => Path.GetRelativePath(RepositoryPaths.Root, path).Replace('\\', '/'))
            .Order(StringComparer.Ordinal);

    private static IReadOnlyList<SourceFile> Read(string folder) =>
        [.. Files(folder, "*.cs").Select(path => new SourceFile(path, File.ReadAllText(RepositoryPaths.Combine(path))))];

    private static IEnumerable<string> Walk(DirectoryInfo folder, string pattern)
    {
        foreach (var file in folder.EnumerateFiles(pattern))
        {
            yield return file.FullName;
        }

        foreach (var child in folder.EnumerateDirectories().Where(child => !OutputFolders.Contains(child.Name)))
        {
            foreach (var file in Walk(child, pattern))
            {
                yield return file;
            }
        }
    }
}

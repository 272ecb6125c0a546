using XdsCanary.KubeRuntime.Documents;

namespace XdsCanary.KubeRuntime.Standalone;

/// <summary>Which names in a directory are manifests, and how paths below the root are written. Pure.</summary>
internal static class ManifestPaths
{
    /// <summary>True for files that are read.</summary>
    public static bool IsManifest(string name) => !IsHidden(name)
        && (EndsWith(name, ".yaml") || EndsWith(name, ".yml") || EndsWith(name, ".json"));

    /// <summary>
    /// True for names that are skipped. This includes the <c>..data</c> and <c>..2024_…</c> entries of a mounted ConfigMap, whose
    /// files are reached by the links beside them.
    /// </summary>
    public static bool IsHidden(string name) => name.StartsWith('.');

    /// <summary>How a file is read.</summary>
    public static DocumentSyntax SyntaxOf(string path) => EndsWith(path, ".json") ? DocumentSyntax.Json : DocumentSyntax.Yaml;

    /// <summary>The path of an entry; paths are relative to the root, which is empty, and use '/' on every system.</summary>
    public static string Join(string directory, string name) => directory.Length == 0 ? name : $"{directory}/{name}";

    /// <summary>True when a path is a directory, or lies below it.</summary>
    public static bool IsAtOrBelow(string path, string directory) => directory.Length == 0
        || (path.StartsWith(directory, StringComparison.Ordinal)
            && (path.Length == directory.Length || path[directory.Length] == '/'));

    private static bool EndsWith(string name, string extension) => name.EndsWith(extension, StringComparison.OrdinalIgnoreCase);
}

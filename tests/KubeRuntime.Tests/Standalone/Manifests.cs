using System.Text;

namespace XdsCanary.KubeRuntime.Tests.Standalone;

/// <summary>Texts of manifests for tests.</summary>
internal static class Manifests
{
    /// <summary>A document without readable content.</summary>
    public const string Broken = "a: [1\n";

    /// <summary>An object with a value that tells versions apart.</summary>
    public static string Thing(string name, string value = "1") =>
        $"apiVersion: v1\nkind: Thing\nmetadata: {{name: {name}}}\nspec: {{value: \"{value}\"}}\n";

    /// <summary>Documents of one file.</summary>
    public static string Text(params string[] documents) => string.Join("---\n", documents);

    public static byte[] Bytes(params string[] documents) => Encoding.UTF8.GetBytes(Text(documents));

    /// <summary>The objects as <c>name=value</c>, sorted.</summary>
    public static string Show(KubeRuntime.Objects.ObjectSet set) => string.Join(
        " ",
        set.Objects.Values
            .Select(found => $"{found.Key.Name.Name}={Value(found)}")
            .Order(StringComparer.Ordinal));

    private static string Value(KubeRuntime.Objects.SourceObject found) =>
        ((KubeRuntime.Documents.ScalarNode)((KubeRuntime.Documents.MappingNode)found.Root.Find("spec")!).Find("value")!).Text;
}

using System.Text;
using XdsCanary.XdsServer.Ingest;
using XdsCanary.XdsServer.Model;
using XdsCanary.XdsServer.Resources;

namespace XdsCanary.XdsServer.Tests;

/// <summary>Short ways to write manifests and to read what becomes of them.</summary>
internal static class MeshManifests
{
    public static readonly NodeGroup Own = new("default", string.Empty);

    public static MeshAssembly Assemble(string yaml, MeshOptions? options = null) =>
        MeshAssembler.Assemble(null, TestObjects.Read(yaml), options ?? new MeshOptions());

    public static ResourceBundleBuild Build(
        MeshAssembly assembly, NodeGroup? group = null, ResourceBundleBuild? previous = null) =>
        ResourceBundleBuilder.Build(assembly.State, group ?? Own, new ResourceOptions(), previous);

    /// <summary>Services with one port.</summary>
    public static string Services(params string[] names) =>
        string.Concat(names.Select(name => Service(name, "[{port: 80}]")));

    public static string Service(string name, string ports, string annotations = "{}", string space = "default") =>
        $"""
        ---
        apiVersion: v1
        kind: Service
        metadata: {Braces($"name: {name}, namespace: {space}, annotations: {annotations}")}
        spec: {Braces($"ports: {ports}")}

        """;

    /// <summary>A split of <paramref name="root"/> with backends such as <c>a: 1</c>.</summary>
    public static string Split(string name, string root, string backends, string extra = "", string metadata = "")
    {
        var text = new StringBuilder();
        text.Append("---\napiVersion: split.smi-spec.io/v1alpha4\nkind: TrafficSplit\nmetadata: ")
            .Append(Braces($"name: {name}{(metadata.Length > 0 ? $", {metadata}" : string.Empty)}"))
            .Append($"\nspec:\n  service: {root}\n  backends:\n");
        foreach (var backend in backends.Split(',', StringSplitOptions.TrimEntries))
        {
            var parts = backend.Split(':', StringSplitOptions.TrimEntries);
            text.Append($"  - service: {parts[0]}\n");
            if (parts.Length > 1)
            {
                text.Append($"    weight: {parts[1]}\n");
            }
        }

        if (extra.Length > 0)
        {
            text.Append($"  {extra}\n");
        }

        return text.ToString();
    }

    public static string RouteGroup(string name, string matches) =>
        $"""
        ---
        apiVersion: specs.smi-spec.io/v1alpha4
        kind: HTTPRouteGroup
        metadata: {Braces($"name: {name}")}
        spec: {Braces($"matches: {matches}")}

        """;

    public static string MatchRef(params string[] groups) =>
        $"matches: [{string.Join(", ", groups.Select(group => Braces($"kind: HTTPRouteGroup, name: {group}")))}]";

    /// <summary>The rules as text: <c>root:port a=1 b=2</c>, with the number of conditions of a match in brackets.</summary>
    public static string[] Rules(MeshAssembly assembly) =>
        [.. assembly.State.Rules.Items.Select(rule =>
            $"{rule.Root.Name}:{rule.Port}"
            + (rule.Match is null ? string.Empty : $" [{rule.Match.Specificity}]")
            + (rule.Refusal is not null ? " refused" : string.Empty)
            + string.Concat(rule.Backends.Items.Select(backend => $" {backend.Service}={backend.Weight}")))];

    public static ObjectReport Report(MeshAssembly assembly, string kind, string name) =>
        assembly.Reports.Single(report => report.Key.Kind == kind && report.Key.Name.Name == name);

    public static ObjectCondition Condition(MeshAssembly assembly, string kind, string name, string type) =>
        Report(assembly, kind, name).Conditions.Items.Single(condition => condition.Type == type);

    /// <summary>The reasons of a split's two conditions.</summary>
    public static (string Accepted, string ResolvedRefs) Reasons(MeshAssembly assembly, string split) => (
        Condition(assembly, "TrafficSplit", split, ConditionTypes.Accepted).Reason,
        Condition(assembly, "TrafficSplit", split, ConditionTypes.ResolvedRefs).Reason);

    private static string Braces(string content) => "{" + content + "}";
}

using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Resources;

namespace XdsCanary.CanaryEngine.Tests.Resources;

/// <summary>Canary manifests that are good but for what a test changes.</summary>
internal static class CanaryManifest
{
    /// <summary>A target that needs Kubernetes.</summary>
    public const string DeploymentTarget = "{apiVersion: apps/v1, kind: Deployment, name: web}";

    /// <summary>A target that does not.</summary>
    public const string ServiceTarget = "{apiVersion: v1, kind: Service, name: web}";

    /// <summary>Writes a manifest; analysis and spec are YAML in flow style, without the outer braces.</summary>
    public static string Write(
        string analysis = "stepWeight: 10",
        string spec = "",
        string target = DeploymentTarget,
        string service = "port: 80",
        string version = "v1beta1",
        string analysisName = "analysis") => $$"""
        apiVersion: flagger.app/{{version}}
        kind: Canary
        metadata: {name: web, namespace: test, generation: 3}
        spec:
          targetRef: {{target}}
          service: { {{service}} }
          {{(analysis.Length == 0 ? "" : $"{analysisName}: {{ {analysis} }}")}}
          {{spec}}
        """;

    /// <summary>Maps a manifest.</summary>
    public static Mapped<CanarySpec> Map(string yaml, MapperOptions? options = null) =>
        CanaryMapper.Map(Manifests.ReadOne(yaml), options ?? new MapperOptions());

    /// <summary>Maps a manifest that must be good.</summary>
    public static CanarySpec Accept(string yaml, MapperOptions? options = null)
    {
        var mapped = Map(yaml, options);
        Assert.Empty(mapped.Faults);
        return mapped.Value!;
    }

    /// <summary>The analysis of a manifest with this analysis, which must be good.</summary>
    public static AnalysisSpec AcceptAnalysis(string analysis) => Accept(Write(analysis)).Analysis;

    /// <summary>Maps a manifest that must be refused, and gives back <c>field: message. fix</c> of each fault.</summary>
    public static string[] Refuse(string yaml, MapperOptions? options = null)
    {
        var mapped = Map(yaml, options);
        Assert.NotEmpty(mapped.Faults);
        Assert.Null(mapped.Value);
        Assert.All(mapped.Faults, fault => Assert.Equal("input.yaml", fault.Origin.File));
        Assert.All(mapped.Faults, fault => Assert.True(fault.Origin.Line > 0));
        return [.. mapped.Faults.Select(fault => $"{fault.Field}: {fault.Message}. {fault.Fix}")];
    }

    /// <summary>The faults of a manifest with this analysis, fields below <c>spec.analysis</c>.</summary>
    public static string[] RefuseAnalysis(string analysis) =>
        [.. Refuse(Write(analysis)).Select(fault => fault.Replace("spec.analysis.", string.Empty, StringComparison.Ordinal))];
}

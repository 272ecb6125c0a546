using System.Xml.Linq;
using XdsCanary.Architecture.Tests.Sources;
using XdsCanary.TestKit;

namespace XdsCanary.Architecture.Tests;

/// <summary>Who may know whom: among projects, and what pure folders may use of the world.</summary>
public sealed class DependencyTests
{
    private const string Protos = "Envoy.Api.Protos";

    private static readonly Dictionary<string, string[]> AllowedReferences = new()
    {
        ["KubeRuntime"] = [],
        ["CanaryEngine"] = ["KubeRuntime"],
        ["DemoProxy"] = [Protos],
        ["LoadTester"] = [],
        ["XdsServer"] = ["KubeRuntime", "CanaryEngine", "DemoProxy", "LoadTester", Protos],
    };

    // Where decisions are made: values in, values out.
    private static readonly string[] PureFolders =
    [
        "src/XdsServer/Model/", "src/XdsServer/Resources/", "src/XdsServer/Snapshots/", "src/XdsServer/Protocol/",
        "src/CanaryEngine/Core/", "src/CanaryEngine/Resources/", "src/CanaryEngine/Kubernetes/Objects/",
        "src/KubeRuntime/Documents/",
    ];

    private static readonly string[] ImpureNames =
    [
        "System.Threading.Tasks.", "System.Threading.Channels.", "System.Threading.Thread", "System.Threading.Timer",
        "System.IO.", "System.Net.", "System.Console", "System.Environment", "System.TimeProvider", "System.Random",
        "Microsoft.Extensions.", "Microsoft.AspNetCore.", "Serilog.", "Prometheus.", "Grpc.", "k8s.",
    ];

    // Computation that happens to live among input and output.
    private static readonly string[] PureExceptions = ["System.Net.IPAddress", "System.IO.Hashing.", "System.IO.StringReader"];

    public static TheoryData<string> SourceProjects => [.. Repository.SourceProjects];

    [Theory]
    [MemberData(nameof(SourceProjects))]
    public void Project_refers_only_to_projects_it_may_know(string project)
    {
        var references = XDocument.Load(RepositoryPaths.Combine("src", project, $"{project}.csproj"))
            .Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));

        Assert.Empty(references.Except(AllowedReferences[project]));
    }

    [Fact]
    public void Pure_folders_use_no_input_output_clock_or_framework()
    {
        var uses =
            from file in Repository.Source
            where PureFolders.Any(folder => file.Path.StartsWith(folder, StringComparison.Ordinal))
            from use in NameUse.In(file, ProjectCompilation.Of(file.Path.Split('/')[1]))
            where Matches(use.Type, ImpureNames) && !Matches(use.Type, PureExceptions)
            select use.ToString();

        Violations.AssertNone("Pure folders decide; edges act.", uses);
    }

    [Fact]
    public void Check_of_pure_folders_sees_what_it_looks_for()
    {
        const string Text =
            """
            namespace XdsCanary.XdsServer.Model;
            internal static class Impure
            {
                public static async Task ReadAsync(System.Net.IPAddress address) => await File.ReadAllTextAsync($"{address}");
            }
            """;
        var file = new SourceFile("src/XdsServer/Model/Impure.cs", Text);
        var compilation = ProjectCompilation.Of("XdsServer").AddSyntaxTrees(file.Tree);

        var found = NameUse.In(file, compilation).Select(use => use.Type).Where(type => Matches(type, ImpureNames)).ToArray();

        Assert.Contains("System.Threading.Tasks.Task", found);
        Assert.Contains("System.IO.File", found);
        Assert.Equal(["System.Net.IPAddress"], found.Where(type => Matches(type, PureExceptions)));
    }

    [Fact]
    public void Demo_proxy_is_used_by_the_demo_only()
    {
        var uses =
            from file in Repository.SourceOf("XdsServer")
            where !file.Path.StartsWith("src/XdsServer/Demo/", StringComparison.Ordinal)
            from use in NameUse.In(file, ProjectCompilation.Of("XdsServer"))
            where use.Type.StartsWith("XdsCanary.DemoProxy.", StringComparison.Ordinal)
            select use.ToString();

        Violations.AssertNone("The embedded data plane is no part of the serving path.", uses);
    }

    [Fact]
    public void Check_of_references_knows_every_project() =>
        Assert.Equal(AllowedReferences.Keys.Order(), Repository.SourceProjects);

    // A prefix that ends in a dot is a namespace; else it is a type, with the types inside it.
    private static bool Matches(string type, string[] prefixes) => Array.Exists(prefixes, prefix =>
        prefix.EndsWith('.')
            ? type.StartsWith(prefix, StringComparison.Ordinal)
            : type == prefix || type.StartsWith(prefix + ".", StringComparison.Ordinal));
}

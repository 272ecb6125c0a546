using System.CommandLine;
using System.Text.Json;
using Envoy.Config.Core.V3;
using Google.Protobuf.WellKnownTypes;
using XdsCanary.CanaryEngine.Resources;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.KubeRuntime.Standalone;
using XdsCanary.XdsServer.Admin;
using XdsCanary.XdsServer.Hosting;
using XdsCanary.XdsServer.Streams;

namespace XdsCanary.XdsServer.CommandLine;

/// <summary><c>xds-canary render</c>: prints what an Envoy would be sent, without a server.</summary>
internal static class RenderCommand
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var directory = new Argument<DirectoryInfo>("DIR") { Description = "Directory of manifests." };
        var node = new Option<string>("--node") { Description = "The Envoy's node id.", DefaultValueFactory = _ => "render" };
        var cluster = new Option<string>("--cluster")
        {
            Description = "The Envoy's node cluster; the part before a slash names its namespace.",
            DefaultValueFactory = _ => string.Empty,
        };
        var ns = new Option<string?>("--namespace") { Description = "The Envoy's own namespace (node.metadata.namespace)." };
        var visible = new Option<string[]>("--namespaces")
        {
            Description = "Further namespaces that it sees (node.metadata.namespaces); '*' for all.",
            AllowMultipleArgumentsPerToken = true,
        };
        var command = new Command("render", "Print the Envoy resources made of manifests, as JSON; exits 1 if a manifest has a fault.")
        {
            directory, node, cluster, ns, visible,
        };
        command.SetAction(parse =>
        {
            var asked = new Node { Id = parse.GetValue(node)!, Cluster = parse.GetValue(cluster)!, Metadata = new Struct() };
            if (parse.GetValue(ns) is { } name)
            {
                asked.Metadata.Fields["namespace"] = Value.ForString(name);
            }

            asked.Metadata.Fields["namespaces"] = Value.ForList([.. (parse.GetValue(visible) ?? []).Select(Value.ForString)]);
            return Run(parse.GetValue(directory)!, asked, parse.InvocationConfiguration.Output, parse.InvocationConfiguration.Error);
        });
        return command;
    }

    private static int Run(DirectoryInfo directory, Node node, TextWriter output, TextWriter errors)
    {
        if (!directory.Exists)
        {
            errors.WriteLine($"There is no directory '{directory}'.");
            return ExitCodes.Usage;
        }

        var faults = new List<string>();
        var options = SettingSources.ReadOffline(faults);
        if (faults.Count > 0)
        {
            faults.ForEach(errors.WriteLine);
            return ExitCodes.Usage;
        }

        var objects = ManifestReader.ReadFiles([directory.FullName], options.DefaultNamespace).Set;
        var mesh = OfflineMesh.Read(objects, options, new MapperOptions());
        ObjectProblem[] problems = [.. objects.Problems, .. mesh.Problems];
        foreach (var problem in problems)
        {
            errors.WriteLine(problem);
        }

        var snapshot = mesh.Snapshot(NodeGroupResolver.Resolve(node, options.DefaultNamespace));
        output.WriteLine(new ResourceJson().Render(snapshot).ToJsonString(Indented));
        return problems.Length == 0 ? ExitCodes.Success : ExitCodes.Failure;
    }
}

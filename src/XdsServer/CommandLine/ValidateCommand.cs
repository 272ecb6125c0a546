using System.CommandLine;
using XdsCanary.CanaryEngine.Resources;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.KubeRuntime.Standalone;
using XdsCanary.XdsServer.Hosting;

namespace XdsCanary.XdsServer.CommandLine;

/// <summary><c>xds-canary validate</c>: reads manifests as the server would and tells every fault.</summary>
internal static class ValidateCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var files = new Argument<string[]>("FILES")
        {
            Description = "Manifest files, or directories of them.",
            Arity = ArgumentArity.OneOrMore,
        };
        var standalone = new Option<bool>("--standalone")
        {
            Description = "Also refuse canaries that need Kubernetes, as a server without it does.",
        };
        var command = new Command(
            "validate",
            "Check manifests; prints file:line, object, field and fix of each fault and exits 1 if there is one.") { files, standalone };
        command.SetAction(parse => Run(
            parse.GetValue(files)!,
            new MapperOptions { Standalone = parse.GetValue(standalone) },
            parse.InvocationConfiguration.Output,
            parse.InvocationConfiguration.Error));
        return command;
    }

    private static int Run(string[] paths, MapperOptions canaries, TextWriter output, TextWriter errors)
    {
        if (Array.Find(paths, path => !File.Exists(path) && !Directory.Exists(path)) is { } absent)
        {
            errors.WriteLine($"There is no file or directory '{absent}'.");
            return ExitCodes.Usage;
        }

        var faults = new List<string>();
        var options = SettingSources.ReadOffline(faults);
        if (faults.Count > 0)
        {
            faults.ForEach(errors.WriteLine);
            return ExitCodes.Usage;
        }

        var objects = ManifestReader.ReadFiles(paths, options.DefaultNamespace).Set;
        var offline = OfflineMesh.Read(objects, options, canaries);
        ObjectProblem[] problems = [.. objects.Problems.Concat(offline.Problems).Distinct().OrderBy(Place)];
        foreach (var line in problems.Concat(offline.Notices).OrderBy(Place))
        {
            output.WriteLine(line);
        }

        output.WriteLine(problems.Length == 0
            ? $"{objects.Objects.Count} objects, no faults."
            : $"{objects.Objects.Count} objects, {problems.Length} {(problems.Length == 1 ? "fault" : "faults")}.");
        return problems.Length == 0 ? ExitCodes.Success : ExitCodes.Failure;
    }

    private static (string File, int Line, string Field) Place(ObjectProblem problem) =>
        (problem.Origin.File ?? string.Empty, problem.Origin.Line, problem.Field);
}

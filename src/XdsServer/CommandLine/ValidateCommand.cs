using System.CommandLine;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.KubeRuntime.Standalone;

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
        var command = new Command(
            "validate",
            "Check manifests; prints file:line, object, field and fix of each fault and exits 1 if there is one.") { files };
        command.SetAction(parse => Run(
            parse.GetValue(files)!, parse.InvocationConfiguration.Output, parse.InvocationConfiguration.Error));
        return command;
    }

    private static int Run(string[] paths, TextWriter output, TextWriter errors)
    {
        if (Array.Find(paths, path => !File.Exists(path) && !Directory.Exists(path)) is { } absent)
        {
            errors.WriteLine($"There is no file or directory '{absent}'.");
            return ExitCodes.Usage;
        }

        var objects = ManifestReader.ReadFiles(paths).Set;
        var offline = OfflineMesh.Read(objects);
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

using System.CommandLine;
using Spectre.Console;
using XdsCanary.XdsServer.Demo;

namespace XdsCanary.XdsServer.CommandLine;

/// <summary><c>xds-canary demo</c>: shows the product at work on this machine.</summary>
internal static class DemoCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var envoy = new Option<FileInfo?>("--envoy")
        {
            Description = "The Envoy program [default: envoy on PATH, else the embedded data plane].",
            HelpName = "FILE",
        };
        var embedded = new Option<bool>("--embedded") { Description = "Use the embedded data plane even if there is an Envoy." };
        var command = new Command(
            "demo", "Shift live traffic between two sample versions in four steps, on this machine; takes about 20 s.")
        {
            envoy, embedded,
        };
        command.SetAction((parse, cancellationToken) =>
        {
            var file = parse.GetValue(envoy);
            var errors = parse.InvocationConfiguration.Error;
            if (file is { Exists: false })
            {
                errors.WriteLine($"There is no file '{file}'.");
                return Task.FromResult(ExitCodes.Usage);
            }

            var program = parse.GetValue(embedded) ? null : EnvoyProcess.Find(file?.FullName, ProgramFinder.FromEnvironment());
            return RunAsync(program, errors, cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(string? envoy, TextWriter errors, CancellationToken cancellationToken)
    {
        try
        {
            var good = await new DemoShow(AnsiConsole.Console, TimeProvider.System).RunAsync(envoy, cancellationToken);
            return good ? ExitCodes.Success : ExitCodes.Failure;
        }
        catch (Exception fault) when (fault is InvalidOperationException or TimeoutException or IOException)
        {
            await errors.WriteLineAsync($"The demo cannot run: {fault.Message}");
            return ExitCodes.Failure;
        }
    }
}

using System.CommandLine;
using System.Runtime.InteropServices;
using Spectre.Console;
using XdsCanary.XdsServer.Demo;

namespace XdsCanary.XdsServer.CommandLine;

/// <summary><c>xds-canary demo</c>: shows the product at work on this machine.</summary>
internal static class DemoCommand
{
    private const int WidthOfFiles = 10_000;

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
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // By itself a terminal that is closed would end the process at once, with its files and its Envoy left behind.
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true;
            stop.Cancel();
        });
        try
        {
            var good = await new DemoShow(OpenConsole(), TimeProvider.System).RunAsync(envoy, stop.Token);
            return good ? ExitCodes.Success : ExitCodes.Failure;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await errors.WriteLineAsync("The demo was stopped before its end.");
            return ExitCodes.Failure;
        }
        catch (Exception fault) when (fault is InvalidOperationException or TimeoutException or IOException)
        {
            await errors.WriteLineAsync($"The demo cannot run: {fault.Message}");
            return ExitCodes.Failure;
        }
    }

    private static IAnsiConsole OpenConsole()
    {
        var console = AnsiConsole.Console;
        if (!console.Profile.Out.IsTerminal)
        {
            // A file has no edge at which lines would have to be broken.
            console.Profile.Width = WidthOfFiles;
        }

        return console;
    }
}

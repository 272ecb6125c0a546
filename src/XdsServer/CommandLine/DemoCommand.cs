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
        var prometheus = new Option<bool>("--prometheus")
        {
            Description = "Run the Prometheus on PATH and let the canary ask it [default: the canary reads the data plane itself].",
        };
        var scene = new Option<int?>("--scene")
        {
            Description = "Only this scene: 1 (weights by hand), 2 (a good version) or 3 (two bad ones) [default: all].",
            HelpName = "N",
        };
        var command = new Command(
            "demo",
            "Shift live traffic by hand, promote a good version and roll two bad ones back, on this machine; takes about a minute.")
        {
            envoy, embedded, prometheus, scene,
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

            if (parse.GetValue(scene) is not (null or 1 or 2 or 3))
            {
                errors.WriteLine("--scene must be 1, 2 or 3.");
                return Task.FromResult(ExitCodes.Usage);
            }

            var finder = ProgramFinder.FromEnvironment();
            var metrics = parse.GetValue(prometheus) ? finder.Find("prometheus") : null;
            if (parse.GetValue(prometheus) && metrics is null)
            {
                errors.WriteLine("There is no 'prometheus' on PATH. On Debian: apt-get install prometheus.");
                return Task.FromResult(ExitCodes.Usage);
            }

            var program = parse.GetValue(embedded) ? null : EnvoyProcess.Find(file?.FullName, finder);
            return RunAsync(new DemoPlan(program, metrics, parse.GetValue(scene)), errors, cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(DemoPlan plan, TextWriter errors, CancellationToken cancellationToken)
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
            var good = await new DemoShow(OpenConsole(), TimeProvider.System).RunAsync(plan, stop.Token);
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

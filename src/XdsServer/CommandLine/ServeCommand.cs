using System.CommandLine;
using System.Net.Sockets;
using XdsCanary.KubeRuntime.Api;
using XdsCanary.XdsServer.Hosting;

namespace XdsCanary.XdsServer.CommandLine;

/// <summary><c>xds-canary serve</c>: runs the server until it is told to stop.</summary>
internal static class ServeCommand
{
    /// <summary>Builds the command; its options are the settings of the catalog.</summary>
    public static Command Build()
    {
        var settingsFile = new Option<FileInfo?>("--settings")
        {
            Description = "File of settings [default: appsettings.json in the working directory, if there is one].",
            HelpName = "FILE",
        };
        var settings = SettingCatalog.All.ToDictionary(setting => setting.Option, ToOption);
        var command = new Command("serve", "Serve Envoys from a directory of manifests or a Kubernetes cluster. " + ExitCodes.Help) { settingsFile };
        foreach (var option in settings.Values)
        {
            command.Options.Add(option);
        }

        command.SetAction((parse, cancellationToken) =>
        {
            // An option without a value is a switch that is turned on.
            var given = settings
                .Where(pair => parse.GetResult(pair.Value) is not null)
                .ToDictionary(pair => pair.Key, pair => parse.GetValue(pair.Value) ?? bool.TrueString);
            var output = parse.InvocationConfiguration;
            return RunAsync(given, parse.GetValue(settingsFile), output.Error, cancellationToken);
        });
        return command;
    }

    private static Option<string?> ToOption(Setting setting)
    {
        var property = setting.Property;
        var initial = SettingText.Default(setting);
        return new Option<string?>(setting.Option)
        {
            Description = $"{setting.Description} ({setting.Variable})" + (initial.Length == 0 ? initial : $" [default: {initial}]"),
            HelpName = SettingText.Kind(property.PropertyType),
            Arity = property.PropertyType == typeof(bool) ? ArgumentArity.ZeroOrOne : ArgumentArity.ExactlyOne,
        };
    }

    private static async Task<int> RunAsync(
        Dictionary<string, string> given, FileInfo? settingsFile, TextWriter errors, CancellationToken cancellationToken)
    {
        var faults = new List<string>();
        var options = SettingSources.Read(given, settingsFile, faults);
        if (faults.Count > 0)
        {
            foreach (var fault in faults)
            {
                await errors.WriteLineAsync(fault);
            }

            return ExitCodes.Usage;
        }

        try
        {
            await using var host = options.Kubernetes
                ? KubernetesServer.Build(options, logging => logging.AddConsoleLog(options))
                : StandaloneServer.Build(options, logging => logging.AddConsoleLog(options));
            await host.StartAsync(cancellationToken);
            await host.WaitForShutdownAsync(cancellationToken);
            return ExitCodes.Success;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or SocketException or KubeException)
        {
            // A port that is taken, a directory that cannot be read: said in one sentence, not with a stack trace.
            await errors.WriteLineAsync($"The server cannot start: {PortFaults.Find(options) ?? fault.Message}");
            return ExitCodes.Failure;
        }
        finally
        {
            await Serilog.Log.CloseAndFlushAsync();
        }
    }
}

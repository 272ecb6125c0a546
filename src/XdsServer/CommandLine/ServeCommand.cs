using System.CommandLine;
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
        var command = new Command("serve", "Serve Envoys from a directory of manifests. " + ExitCodes.Help) { settingsFile };
        foreach (var option in settings.Values)
        {
            command.Options.Add(option);
        }

        command.SetAction((parse, cancellationToken) =>
        {
            var given = settings
                .Where(pair => parse.GetValue(pair.Value) is not null)
                .ToDictionary(pair => pair.Key, pair => parse.GetValue(pair.Value)!);
            var output = parse.InvocationConfiguration;
            return RunAsync(given, parse.GetValue(settingsFile), output.Error, cancellationToken);
        });
        return command;
    }

    private static Option<string?> ToOption(Setting setting)
    {
        var property = setting.Property;
        var initial = property.GetValue(new ServerOptions());
        var shown = property.Name == nameof(ServerOptions.Identifier) || initial is "" ? string.Empty : $" [default: {initial}]";
        return new Option<string?>(setting.Option)
        {
            Description = $"{setting.Description} ({setting.Variable}){shown}",
            HelpName = property.PropertyType.IsEnum ? string.Join('|', Enum.GetNames(property.PropertyType)) : property.PropertyType.Name,
        };
    }

    private static async Task<int> RunAsync(
        Dictionary<string, string> given, FileInfo? settingsFile, TextWriter errors, CancellationToken cancellationToken)
    {
        var faults = new List<string>();
        var options = ReadOptions(given, settingsFile, faults);
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
            await using var host = StandaloneServer.Build(options, logging => logging.AddConsoleLog(options));
            await host.StartAsync(cancellationToken);
            await host.WaitForShutdownAsync(cancellationToken);
            return ExitCodes.Success;
        }
        catch (IOException fault)
        {
            // A port that is taken, a directory that cannot be read: said in one sentence, not with a stack trace.
            await errors.WriteLineAsync($"The server cannot start: {fault.Message}");
            return ExitCodes.Failure;
        }
        finally
        {
            await Serilog.Log.CloseAndFlushAsync();
        }
    }

    private static ServerOptions ReadOptions(Dictionary<string, string> given, FileInfo? settingsFile, List<string> faults)
    {
        var builder = new ConfigurationBuilder();
        try
        {
            if (settingsFile is not null)
            {
                builder.AddJsonFile(settingsFile.FullName, optional: false);
            }
            else
            {
                builder.AddJsonFile(Path.Combine(Environment.CurrentDirectory, "appsettings.json"), optional: true);
            }

            builder.AddInMemoryCollection(SettingCatalog.Overrides(Environment.GetEnvironmentVariable, given));
            var options = SettingCatalog.Read(builder.Build(), faults);
            AddressRules.Check(options, faults);
            return options;
        }
        catch (Exception fault) when (fault is FileNotFoundException or InvalidDataException)
        {
            faults.Add(fault.InnerException?.Message ?? fault.Message);
            return new ServerOptions();
        }
    }
}

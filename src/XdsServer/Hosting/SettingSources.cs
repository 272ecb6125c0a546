namespace XdsCanary.XdsServer.Hosting;

/// <summary>Where settings come from: the command line, then the environment, then a file.</summary>
internal static class SettingSources
{
    /// <summary>Reads the settings.</summary>
    /// <param name="given">Values given on the command line, by option.</param>
    /// <param name="settingsFile">The file; null for appsettings.json in the working directory, if there is one.</param>
    /// <param name="faults">Receives one sentence for each fault.</param>
    public static ServerOptions Read(IReadOnlyDictionary<string, string> given, FileInfo? settingsFile, List<string> faults)
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
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            faults.Add($"The settings cannot be read: {Innermost(fault).Message}");
            return new ServerOptions();
        }
    }

    /// <summary>Reads the settings for a command that reads manifests by itself, from the environment and the default file.</summary>
    /// <param name="faults">Receives one sentence for each fault.</param>
    public static ServerOptions ReadOffline(List<string> faults) =>
        Read(new Dictionary<string, string> { ["--manifests"] = "." }, null, faults);

    // The outer ones say only that something is wrong with the file; the last one says where.
    private static Exception Innermost(Exception fault) => fault.InnerException is { } inner ? Innermost(inner) : fault;
}

namespace XdsCanary.XdsServer.Demo;

/// <summary>Finds programs as a shell does: by name in the folders of a search path.</summary>
/// <param name="searchPath">The folders, separated as in PATH.</param>
internal sealed class ProgramFinder(string searchPath)
{
    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>A finder for the PATH of this process.</summary>
    public static ProgramFinder FromEnvironment() => new(Environment.GetEnvironmentVariable("PATH") ?? string.Empty);

    /// <summary>The file of a program; null when no folder has it.</summary>
    /// <param name="name">The program's name, without folder.</param>
    public string? Find(string name)
    {
        string[] suffixes = OperatingSystem.IsWindows() ? [".exe", ".cmd"] : [string.Empty];
        return searchPath.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .SelectMany(folder => suffixes.Select(suffix => Path.Combine(folder, name + suffix)))
            .FirstOrDefault(IsProgram);
    }

    private static bool IsProgram(string file) =>
        File.Exists(file)
        && (OperatingSystem.IsWindows()
            || (File.GetUnixFileMode(file) & Executable) != 0);
}

using System.CommandLine;
using XdsCanary.XdsServer.Hosting;
using XdsCanary.KubeRuntime.Documents;

namespace XdsCanary.XdsServer.CommandLine;

/// <summary>Says in one sentence what is wrong with a command line.</summary>
internal static class UsageFault
{
    /// <summary>Describes the first fault of a command line that has some.</summary>
    /// <param name="parse">The command line.</param>
    public static string Describe(ParseResult parse)
    {
        var command = parse.CommandResult.Command;
        var path = command is RootCommand ? "xds-canary" : $"xds-canary {command.Name}";
        var fault = parse.UnmatchedTokens.Count > 0
            ? Unknown(parse.UnmatchedTokens[0], command, path)
            : Known(parse.Errors[0].Message.TrimEnd('.'));
        return $"{fault} See '{path} --help'.";
    }

    private static string Unknown(string token, Command command, string path)
    {
        var isOption = token.StartsWith('-');
        var known = isOption ? command.Options.Select(option => option.Name) : command.Subcommands.Select(sub => sub.Name);
        var nearest = NearestName.Find(token.Split('=')[0], [.. known]);
        var advice = nearest is null ? string.Empty : $"; did you mean {WithOtherNames(nearest)}?";
        var what = isOption ? "option" : command.Subcommands.Count > 0 ? "command" : "argument";
        return $"'{token}' is not an {what} of {path}{(advice.Length == 0 ? "." : advice)}"
            .Replace("an command", "a command", StringComparison.Ordinal);
    }

    private static string Known(string message)
    {
        var setting = SettingCatalog.All.FirstOrDefault(setting => message.Contains($"'{setting.Option}'", StringComparison.Ordinal));
        return setting is null ? $"{message}." : $"{message.Replace($"'{setting.Option}'", setting.Names, StringComparison.Ordinal)}.";
    }

    private static string WithOtherNames(string option) =>
        SettingCatalog.All.FirstOrDefault(setting => setting.Option == option)?.Names ?? option;
}

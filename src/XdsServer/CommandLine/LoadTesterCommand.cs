using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using XdsCanary.LoadTester;
using XdsCanary.XdsServer.Hosting;

namespace XdsCanary.XdsServer.CommandLine;

/// <summary><c>xds-canary loadtester</c>: serves the gates and tasks that webhooks of canaries call.</summary>
internal static partial class LoadTesterCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var defaults = new LoadTesterOptions();
        var port = new Option<int>("--port") { Description = "The port; 0 for any free one.", DefaultValueFactory = _ => defaults.Port };
        var address = new Option<IPAddress>("--address")
        {
            Description = "The address to listen on. Whoever can reach it can run what is allowed.",
            HelpName = "IP",
            CustomParser = ParseAddress,
            DefaultValueFactory = _ => defaults.Address,
        };
        var allow = new Option<string[]>("--allow")
        {
            Description = "Commands that tasks may run, separated by commas: programs, perhaps with their first arguments.",
            HelpName = "COMMANDS",
        };
        var allowBash = new Option<bool>("--allow-bash") { Description = "Let tasks run anything, by a shell." };
        var namespaces = new Option<string>("--namespace-regexp")
        {
            Description = "Take only payloads of namespaces that this expression finds [default: of all].",
            HelpName = "REGEXP",
            DefaultValueFactory = _ => defaults.NamespaceRegexp,
        };
        var timeout = new Option<TimeSpan>("--timeout")
        {
            Description = "Kill a task after this time, with everything that it started [default: 1h].",
            HelpName = "DURATION",
            CustomParser = ParseDuration,
        };
        var state = new Option<FileInfo?>("--state") { Description = "File that keeps the gates over a restart.", HelpName = "FILE" };
        var command = new Command("loadtester", "Serve the gates and tasks that webhooks of canaries call.")
        {
            port, address, allow, allowBash, namespaces, timeout, state,
        };
        command.SetAction((parse, cancellationToken) => RunAsync(
            new LoadTesterOptions
            {
                Address = parse.GetValue(address)!,
                Port = parse.GetValue(port),
                Allow = [.. (parse.GetValue(allow) ?? []).SelectMany(entry => entry.Split(',', StringSplitOptions.TrimEntries))],
                AllowBash = parse.GetValue(allowBash),
                NamespaceRegexp = parse.GetValue(namespaces)!,
                Timeout = parse.GetResult(timeout) is null ? defaults.Timeout : parse.GetValue(timeout),
                StateFile = parse.GetValue(state)?.FullName,
            },
            parse.InvocationConfiguration,
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        LoadTesterOptions options, InvocationConfiguration console, CancellationToken cancellationToken)
    {
        try
        {
            await using var server = LoadTesterServer.Build(
                options, TimeProvider.System, logging => logging.AddConsoleLog(new ServerOptions()));
            await server.StartAsync(cancellationToken);
            await console.Output.WriteLineAsync($"The load tester listens on {server.Url}");
            await server.WaitForShutdownAsync(cancellationToken);
            return ExitCodes.Success;
        }
        catch (RegexParseException fault)
        {
            await console.Error.WriteLineAsync($"--namespace-regexp: {fault.Message}");
            return ExitCodes.Usage;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or SocketException)
        {
            await console.Error.WriteLineAsync($"The load tester cannot start: {fault.Message}");
            return ExitCodes.Failure;
        }
        finally
        {
            await Serilog.Log.CloseAndFlushAsync();
        }
    }

    private static IPAddress? ParseAddress(ArgumentResult result)
    {
        if (IPAddress.TryParse(result.Tokens[0].Value, out var address))
        {
            return address;
        }

        result.AddError($"--address must be an IP address, not '{result.Tokens[0].Value}'.");
        return null;
    }

    private static TimeSpan ParseDuration(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (Duration().Match(text) is { Success: true } match
            && int.TryParse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number > 0)
        {
            return number * (match.Groups[2].Value switch
            {
                "h" => TimeSpan.FromHours(1),
                "m" => TimeSpan.FromMinutes(1),
                _ => TimeSpan.FromSeconds(1),
            });
        }

        result.AddError($"--timeout must be a duration such as 30s, 10m or 1h, not '{text}'.");
        return default;
    }

    [GeneratedRegex("^([0-9]{1,6})(h|m|s)$", RegexOptions.CultureInvariant)]
    private static partial Regex Duration();
}

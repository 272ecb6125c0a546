using System.CommandLine;
using XdsCanary.XdsServer.Admin;
using XdsCanary.XdsServer.Client;

namespace XdsCanary.XdsServer.CommandLine;

/// <summary>The options that say which server a command talks to, and with which token.</summary>
internal sealed class ServerChoice
{
    private const string DefaultServer = "http://127.0.0.1:8080";

    private readonly Option<string> _server = new("--server")
    {
        Description = $"The server's admin port (XDSCANARY_SERVER) [default: {DefaultServer}].",
        HelpName = "URL",
    };

    private readonly Option<string> _token = new("--token") { Description = "The admin token (XDSCANARY_TOKEN)." };

    private readonly Option<string> _tokenFile = new("--token-file") { Description = "File that holds the token.", HelpName = "FILE" };

    private readonly Option<string> _state = new("--state")
    {
        Description = "The server's state directory, to take the token from.",
        HelpName = "DIR",
    };

    /// <summary>Gives a command the options.</summary>
    /// <param name="command">The command.</param>
    public void AddTo(Command command)
    {
        command.Options.Add(_server);
        command.Options.Add(_token);
        command.Options.Add(_tokenFile);
        command.Options.Add(_state);
    }

    /// <summary>Runs a command with a client of the chosen server; what goes wrong is said in one sentence.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="command">What to do; gives the exit code.</param>
    public async Task<int> RunAsync(ParseResult parse, Func<AdminClient, Task<int>> command)
    {
        try
        {
            using var client = new AdminClient(Server(parse), Token(parse));
            return await command(client);
        }
        catch (ClientFault fault)
        {
            await parse.InvocationConfiguration.Error.WriteLineAsync(fault.Message);
            return fault.IsUsage ? ExitCodes.Usage : ExitCodes.Failure;
        }
    }

    private Uri Server(ParseResult parse)
    {
        var text = parse.GetValue(_server) ?? Environment.GetEnvironmentVariable("XDSCANARY_SERVER") ?? DefaultServer;
        return Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out var server) && server.Scheme is "http" or "https"
            ? new Uri(text.TrimEnd('/') + "/")
            : throw new ClientFault($"--server (XDSCANARY_SERVER) must be a URL such as {DefaultServer}, not '{text}'.", isUsage: true);
    }

    private string Token(ParseResult parse)
    {
        if (parse.GetValue(_token) is { Length: > 0 } token)
        {
            return token;
        }

        var state = parse.GetValue(_state);
        var file = parse.GetValue(_tokenFile) ?? (state is null ? null : Path.Combine(state, AdminToken.FileName));
        if (file is null)
        {
            return Environment.GetEnvironmentVariable("XDSCANARY_TOKEN") ?? string.Empty;
        }

        try
        {
            return AdminToken.ReadFile(file) ?? throw new ClientFault($"There is no token file '{file}'.", isUsage: true);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new ClientFault($"The token file cannot be read: {fault.Message}", isUsage: true);
        }
    }
}

using System.CommandLine;
using System.CommandLine.Invocation;

namespace XdsCanary.XdsServer.CommandLine;

/// <summary>The command line: <c>xds-canary COMMAND</c>, with <c>serve</c> for none.</summary>
internal static class CommandTree
{
    // Longer than the longest ShutdownTimeout: the server itself bounds its end, and then the exit code is its own.
    private static readonly TimeSpan TerminationLimit = TimeSpan.FromMinutes(15);

    /// <summary>Builds the commands.</summary>
    public static RootCommand Build()
    {
        var serve = ServeCommand.Build();
        var root = new RootCommand(
            "An Envoy xDS control plane with a built-in canary engine. Without a command it serves. " + ExitCodes.Help)
        {
            serve,
            ValidateCommand.Build(),
            RenderCommand.Build(),
            BootstrapCommand.Build(),
            DemoCommand.Build(),
            LoadTesterCommand.Build(),
        };
        foreach (var command in CanaryCommands.Build())
        {
            root.Subcommands.Add(command);
        }

        foreach (var option in serve.Options)
        {
            root.Options.Add(option);
        }

        root.Action = serve.Action;
        return root;
    }

    /// <summary>Runs what the arguments ask for.</summary>
    /// <param name="args">The arguments of the process.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var parse = Build().Parse(args);
        if (parse.Action is ParseErrorAction)
        {
            await Console.Error.WriteLineAsync(UsageFault.Describe(parse));
            return ExitCodes.Usage;
        }

        return await parse.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TerminationLimit });
    }
}

using System.CommandLine;

namespace XdsCanary.XdsServer.CommandLine;

/// <summary>The command line: <c>xds-canary COMMAND</c>, with <c>serve</c> for none.</summary>
internal static class CommandTree
{
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
        };
        foreach (var option in serve.Options)
        {
            root.Options.Add(option);
        }

        root.Action = serve.Action;
        return root;
    }
}

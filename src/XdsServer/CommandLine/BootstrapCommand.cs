using System.CommandLine;
using XdsCanary.XdsServer.Bootstrap;

namespace XdsCanary.XdsServer.CommandLine;

/// <summary><c>xds-canary bootstrap</c>: prints the file that an Envoy is started with.</summary>
internal static class BootstrapCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var defaults = new BootstrapOptions { NodeId = string.Empty, NodeCluster = string.Empty };
        var node = new Option<string>("--node") { Description = "The Envoy's name, unique in the fleet.", Required = true };
        var cluster = new Option<string>("--cluster")
        {
            Description = "The name of the Envoy's group of proxies.",
            DefaultValueFactory = _ => "gateway",
        };
        var ns = new Option<string?>("--namespace") { Description = "The namespace whose services it sees under bare names." };
        var visible = new Option<string[]>("--namespaces")
        {
            Description = "Further namespaces that it sees; '*' for all.",
            AllowMultipleArgumentsPerToken = true,
        };
        var host = new Option<string>("--xds-host") { Description = "This server's name or address.", DefaultValueFactory = _ => defaults.XdsHost };
        var port = new Option<int>("--xds-port") { Description = "This server's xDS port.", DefaultValueFactory = _ => defaults.XdsPort };
        var sotw = new Option<bool>("--sotw") { Description = "Use the state-of-the-world protocol instead of the incremental one." };
        var admin = new Option<int>("--envoy-admin-port") { Description = "Port of Envoy's admin interface on loopback.", DefaultValueFactory = _ => defaults.AdminPort };
        var connections = new Option<int>("--max-connections")
        {
            Description = "Client connections that Envoy accepts at most.",
            DefaultValueFactory = _ => defaults.MaxDownstreamConnections,
        };
        var command = new Command("bootstrap", "Print a bootstrap file for an Envoy.")
        {
            node, cluster, ns, visible, host, port, sotw, admin, connections,
        };
        command.SetAction(parse => Run(
            new BootstrapOptions
            {
                NodeId = parse.GetValue(node)!,
                NodeCluster = parse.GetValue(cluster)!,
                NodeNamespace = parse.GetValue(ns),
                VisibleNamespaces = [.. parse.GetValue(visible) ?? []],
                XdsHost = parse.GetValue(host)!,
                XdsPort = parse.GetValue(port),
                Delta = !parse.GetValue(sotw),
                AdminPort = parse.GetValue(admin),
                MaxDownstreamConnections = parse.GetValue(connections),
            },
            parse.InvocationConfiguration));
        return command;
    }

    private static int Run(BootstrapOptions options, InvocationConfiguration console)
    {
        if (FindFault(options) is { } fault)
        {
            console.Error.WriteLine(fault);
            return ExitCodes.Usage;
        }

        console.Output.Write(BootstrapDocument.Write(options));
        return ExitCodes.Success;
    }

    // Envoy would not start with any of these.
    private static string? FindFault(BootstrapOptions options)
    {
        (string Option, string Text)[] texts =
            [("--node", options.NodeId), ("--cluster", options.NodeCluster), ("--xds-host", options.XdsHost)];
        if (Array.Find(texts, pair => string.IsNullOrWhiteSpace(pair.Text)).Option is { } empty)
        {
            return $"{empty} must not be empty.";
        }

        (string Option, int Port)[] ports = [("--xds-port", options.XdsPort), ("--envoy-admin-port", options.AdminPort)];
        return Array.Find(ports, pair => pair.Port is < 1 or > 65535) is { Option: { } option, Port: var port }
            ? $"{option} must be from 1 to 65535, not {port}."
            : options.MaxDownstreamConnections < 1
                ? $"--max-connections must be at least 1, not {options.MaxDownstreamConnections}."
                : null;
    }
}

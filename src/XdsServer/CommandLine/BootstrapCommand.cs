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
        var command = new Command("bootstrap", "Print a bootstrap file for an Envoy.")
        {
            node, cluster, ns, visible, host, port, sotw, admin,
        };
        command.SetAction(parse =>
        {
            var options = new BootstrapOptions
            {
                NodeId = parse.GetValue(node)!,
                NodeCluster = parse.GetValue(cluster)!,
                NodeNamespace = parse.GetValue(ns),
                VisibleNamespaces = [.. parse.GetValue(visible) ?? []],
                XdsHost = parse.GetValue(host)!,
                XdsPort = parse.GetValue(port),
                Delta = !parse.GetValue(sotw),
                AdminPort = parse.GetValue(admin),
            };
            try
            {
                parse.InvocationConfiguration.Output.Write(BootstrapDocument.Write(options));
                return ExitCodes.Success;
            }
            catch (ArgumentException fault)
            {
                // The rules are the document's; the parameter's name in the text is of no use to a user.
                parse.InvocationConfiguration.Error.WriteLine(fault.Message.Split(" (Parameter")[0]);
                return ExitCodes.Usage;
            }
        });
        return command;
    }
}

using System.CommandLine;
using System.Collections.Immutable;
using System.Text.Json;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Admin;
using XdsCanary.XdsServer.Client;

namespace XdsCanary.XdsServer.CommandLine;

/// <summary>The commands that show and steer the canaries of a running server.</summary>
internal static class CanaryCommands
{
    private static readonly (string Verb, string Description)[] Verbs =
    [
        ("promote", "Promote the new revision now, whatever its analysis says."),
        ("rollback", "Take the new revision out of the traffic now."),
        ("pause", "Hold the run: it neither advances nor fails."),
        ("resume", "Let a paused run go on."),
        ("retry", "Analyse the failed revision again."),
    ];

    /// <summary>Builds them.</summary>
    public static IEnumerable<Command> Build()
    {
        yield return new Command("get", "Show what a running server looks after.") { BuildGet() };
        yield return new Command("describe", "Show all that a running server knows of something.") { BuildDescribe() };
        yield return WatchCommand.Build();
        foreach (var (verb, description) in Verbs)
        {
            yield return BuildVerb(verb, description, null);
        }

        var hook = new Argument<string?>("HOOK")
        {
            Description = "The gate; the one that is closed when not given.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        yield return BuildVerb("approve", "Open a gate for the revision that waits.", hook);
    }

    /// <summary>The option that names a namespace.</summary>
    public static Option<string> NamespaceOption() => new("--namespace", "-n")
    {
        Description = "The namespace.",
        DefaultValueFactory = _ => "default",
    };

    private static Command BuildGet()
    {
        var server = new ServerChoice();
        var ns = NamespaceOption();
        var all = new Option<bool>("--all-namespaces", "-A") { Description = "Of all namespaces." };
        var output = new Option<string?>("--output", "-o") { Description = "wide, for more columns, or json." };
        output.AcceptOnlyFromAmong("wide", "json");
        var command = new Command("canaries", "List canaries, in kubectl's columns. " + ExitCodes.Help) { ns, all, output };
        server.AddTo(command);
        command.SetAction((parse, cancellationToken) => server.RunAsync(parse, async client =>
        {
            var isAll = parse.GetValue(all);
            var canaries = await client.ListAsync(isAll ? null : parse.GetValue(ns), cancellationToken);
            var text = parse.GetValue(output) == "json"
                ? JsonSerializer.Serialize(canaries, CanaryJson.Default.ImmutableArrayCanaryStatusView) + "\n"
                : Table(canaries, parse.GetValue(output) == "wide", isAll);
            await parse.InvocationConfiguration.Output.WriteAsync(text);
            return ExitCodes.Success;
        }));
        return command;
    }

    private static string Table(ImmutableArray<CanaryStatusView> canaries, bool isWide, bool isAll) =>
        canaries.IsEmpty ? "No canaries found.\n" : CanaryTable.Write(canaries, isWide, isAll);

    private static Command BuildDescribe()
    {
        var server = new ServerChoice();
        var name = new Argument<string>("NAME") { Description = "The canary." };
        var ns = NamespaceOption();
        var command = new Command("canary", "Show a canary with its checks, runs and events. " + ExitCodes.Help) { name, ns };
        server.AddTo(command);
        command.SetAction((parse, cancellationToken) => server.RunAsync(parse, async client =>
        {
            var key = new NamespacedName(parse.GetValue(ns)!, parse.GetValue(name)!);
            var canary = await client.GetAsync(key, cancellationToken);
            await parse.InvocationConfiguration.Output.WriteAsync(CanaryDescription.Write(canary, TimeProvider.System.GetUtcNow()));
            return ExitCodes.Success;
        }));
        return command;
    }

    private static Command BuildVerb(string verb, string description, Argument<string?>? hook)
    {
        var server = new ServerChoice();
        var name = new Argument<string>("NAME") { Description = "The canary." };
        var ns = NamespaceOption();
        var command = new Command(verb, $"{description} {ExitCodes.Help}") { name };
        if (hook is not null)
        {
            command.Arguments.Add(hook);
        }

        command.Options.Add(ns);
        server.AddTo(command);
        command.SetAction((parse, cancellationToken) => server.RunAsync(parse, async client =>
        {
            var key = new NamespacedName(parse.GetValue(ns)!, parse.GetValue(name)!);
            var body = new VerbBody(hook is null ? null : parse.GetValue(hook), Environment.UserName);
            var canary = await client.AskAsync(key, verb, body, cancellationToken);
            await parse.InvocationConfiguration.Output.WriteLineAsync(WatchLines.Line(canary));
            return ExitCodes.Success;
        }));
        return command;
    }
}

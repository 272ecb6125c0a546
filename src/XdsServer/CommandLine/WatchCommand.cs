using System.Collections.Immutable;
using System.CommandLine;
using Spectre.Console;
using Spectre.Console.Rendering;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Admin;
using XdsCanary.XdsServer.Client;

namespace XdsCanary.XdsServer.CommandLine;

/// <summary><c>xds-canary watch</c>: shows canaries as they move; a table on a terminal, a line for each change elsewhere.</summary>
internal static class WatchCommand
{
    private const int PlotWidth = 100;
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);

    /// <summary>Builds the command.</summary>
    public static Command Build()
    {
        var server = new ServerChoice();
        var name = new Argument<string?>("NAME")
        {
            Description = "The canary, shown with a plot of its weight; all of the namespace when not given.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var ns = CanaryCommands.NamespaceOption();
        var until = new Option<WatchGoal>("--until")
        {
            Description = "End when NAME has succeeded, failed, or is idle; exits 1 when it ended otherwise.",
        };
        var timeout = new Option<int?>("--timeout") { Description = "Seconds after which to give up and exit 1.", HelpName = "SECONDS" };
        var command = new Command("watch", "Show canaries as they move. " + ExitCodes.Help) { name, ns, until, timeout };
        server.AddTo(command);
        command.SetAction((parse, cancellationToken) => server.RunAsync(parse, async client =>
        {
            if (parse.GetValue(name) is null && parse.GetValue(until) != WatchGoal.Never)
            {
                throw new ClientFault("--until needs the NAME of a canary.", isUsage: true);
            }

            var span = parse.GetValue(timeout) is { } seconds ? TimeSpan.FromSeconds(Math.Max(0, seconds)) : Timeout.InfiniteTimeSpan;
            using var timer = new CancellationTokenSource(span, TimeProvider.System);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timer.Token);

            try
            {
                var feed = new Feed(client, parse.GetValue(ns)!, parse.GetValue(name), parse.GetValue(until));
                return Console.IsOutputRedirected
                    ? await ShowLinesAsync(feed, parse.InvocationConfiguration.Output, limit.Token)
                    : await ShowTableAsync(feed, limit.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new ClientFault("The time is up.");
            }
        }));
        return command;
    }

    private static async Task<int> ShowLinesAsync(Feed feed, TextWriter output, CancellationToken cancellationToken)
    {
        var shown = new HashSet<string>(StringComparer.Ordinal);
        while (true)
        {
            var lines = (await feed.NextAsync(cancellationToken)).Select(WatchLines.Line).ToList();
            foreach (var line in lines.Where(line => !shown.Contains(line)))
            {
                await output.WriteLineAsync(line);
            }

            shown = [.. lines];
            if (feed.ExitCode is { } exitCode)
            {
                return exitCode;
            }

            await Task.Delay(Period, TimeProvider.System, cancellationToken);
        }
    }

    private static Task<int> ShowTableAsync(Feed feed, CancellationToken cancellationToken) =>
        AnsiConsole.Live(new Text(string.Empty)).StartAsync(async live =>
        {
            while (true)
            {
                var canaries = await feed.NextAsync(cancellationToken);
                live.UpdateTarget(Picture(canaries, feed.Weights));
                if (feed.ExitCode is { } exitCode)
                {
                    return exitCode;
                }

                await Task.Delay(Period, TimeProvider.System, cancellationToken);
            }
        });

    private static Rows Picture(ImmutableArray<CanaryStatusView> canaries, List<int> weights)
    {
        var table = new Table();
        foreach (var heading in WatchLines.Headings)
        {
            table.AddColumn(heading);
        }

        foreach (var canary in canaries)
        {
            table.AddRow(WatchLines.Row(canary).Select(cell => new Text(cell)));
        }

        return weights.Count == 0 ? new Rows(table) : new Rows((IRenderable)table, new Text(WeightPlot.Draw(weights, PlotWidth)));
    }

    /// <summary>What the server says, time after time.</summary>
    private sealed class Feed(AdminClient client, string ns, string? name, WatchGoal until)
    {
        /// <summary>The weights of the one canary so far.</summary>
        public List<int> Weights { get; } = [];

        /// <summary>The exit code, once what is waited for has come or will not.</summary>
        public int? ExitCode { get; private set; }

        /// <summary>Asks again.</summary>
        public async Task<ImmutableArray<CanaryStatusView>> NextAsync(CancellationToken cancellationToken)
        {
            if (name is null)
            {
                return await client.ListAsync(ns, cancellationToken);
            }

            var canary = await client.GetAsync(new NamespacedName(ns, name), cancellationToken);
            Weights.Add(canary.Weight);
            ExitCode = WatchLines.HasCome(canary.Phase, until) switch
            {
                true => ExitCodes.Success,
                false => ExitCodes.Failure,
                _ => null,
            };
            return [canary];
        }
    }
}

using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using XdsCanary.CanaryEngine.Alerting;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.CanaryEngine.Tests.Webhooks;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Tests.Alerting;

public sealed class AlertDispatcherTests : IAlertProviders, ISecrets, ILogger<AlertDispatcher>
{
    private readonly Dictionary<NamespacedName, AlertProviderSpec> _providers = [];
    private readonly Dictionary<NamespacedName, ImmutableDictionary<string, string>> _secrets = [];
    private readonly List<string> _log = [];
    private readonly InstantTime _time = new(TimeSpan.FromSeconds(5));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CTL_16_Two_alerts_of_one_provider_whose_address_is_in_a_secret_are_both_posted()
    {
        await using var receiver = await HttpReceiver.StartAsync((200, "ok"));
        _secrets[new NamespacedName("default", "slack-url")] =
            ImmutableDictionary<string, string>.Empty.Add("address", $"{receiver.Url}\n").Add("token", "xoxb");
        Provide("slack", "http://ignored", AlertProviderType.Slack, "slack-url");
        var canary = Canary(new("one", AlertSeverity.Info, Name("slack")), new("two", AlertSeverity.Info, Name("slack")));

        await SendAsync(canary, new AlertNotice(AlertSeverity.Info, "New Deployment detected, initialization completed.", true));

        Assert.Equal(2, receiver.All.Count);
        Assert.All(receiver.All, request =>
        {
            using var body = JsonDocument.Parse(request.Body);
            Assert.Equal("podinfo.default", $"{body.RootElement.GetProperty("attachments")[0].GetProperty("author_name")}");
            Assert.Equal("Bearer xoxb", request.Headers["Authorization"]);
            Assert.Equal("application/json", request.Headers["Content-Type"]);
        });
    }

    [Theory]
    [InlineData("http://d/hook", "/hook/slack")]
    [InlineData("http://d/hook/slack", "/hook/slack")]
    public void NOT_02_Discords_address_ends_in_slack(string address, string path)
    {
        var provider = new AlertProviderSpec { Key = Name("d"), Type = AlertProviderType.Discord };

        var receiver = AlertReceiver.Make("d", provider, new Uri(address), "token", out _);

        Assert.Equal((path, string.Empty), (receiver!.Address.AbsolutePath, receiver.Token));
    }

    [Theory]
    [InlineData(AlertSeverity.Info, AlertSeverity.Info, true)]
    [InlineData(AlertSeverity.Info, AlertSeverity.Warn, true)]
    [InlineData(AlertSeverity.Info, AlertSeverity.Error, true)]
    [InlineData(AlertSeverity.Warn, AlertSeverity.Info, false)]
    [InlineData(AlertSeverity.Warn, AlertSeverity.Warn, true)]
    [InlineData(AlertSeverity.Warn, AlertSeverity.Error, true)]
    [InlineData(AlertSeverity.Error, AlertSeverity.Info, false)]
    [InlineData(AlertSeverity.Error, AlertSeverity.Warn, false)]
    [InlineData(AlertSeverity.Error, AlertSeverity.Error, true)]
    public void An_alert_takes_messages_of_its_severity_and_graver(AlertSeverity entry, AlertSeverity message, bool takes) =>
        Assert.Equal(takes, AlertRouting.Takers([new AlertSpec("a", entry, Name("p"))], message).Any());

    [Fact]
    public async Task NOT_06_A_canary_without_alerts_uses_the_global_receiver_and_one_with_alerts_does_not()
    {
        await using var global = await HttpReceiver.StartAsync((200, "ok"));
        await using var own = await HttpReceiver.StartAsync((200, "ok"));
        Provide("own", $"{own.Url}", AlertProviderType.Generic);
        var options = new AlertOptions { SlackUrl = $"{global.Url}", SlackChannel = "ops", ClusterName = "blue" };

        await SendAsync(Canary(), new AlertNotice(AlertSeverity.Info, "to all", false), options);
        await SendAsync(Canary(new AlertSpec("a", AlertSeverity.Info, Name("own"))), new AlertNotice(AlertSeverity.Info, "mine", false), options);

        using var body = JsonDocument.Parse(Assert.Single(global.All).Body);
        Assert.Equal("ops", $"{body.RootElement.GetProperty("channel")}");
        Assert.Equal(
            """[{"title":"Cluster","value":"blue","short":false}]""", $"{body.RootElement.GetProperty("attachments")[0].GetProperty("fields")}");
        Assert.Contains("\"mine\"", Assert.Single(own.All).Body, StringComparison.Ordinal);
    }

    [Fact]
    public void Teams_wins_over_Slack_and_the_environment_over_options()
    {
        var options = new AlertOptions { SlackUrl = "http://slack", SlackChannel = "ops", TeamsUrl = "http://option" };

        var teams = options.WithEnvironment(name => name == "MSTEAMS_URL" ? "http://environment" : null).GlobalReceiver(out _);
        var slack = (options with { TeamsUrl = string.Empty }).WithEnvironment(name => name == "SLACK_TOKEN" ? "t" : null)
            .GlobalReceiver(out _);
        var broken = new AlertOptions { SlackUrl = "http://slack" }.GlobalReceiver(out var fault);

        Assert.Equal((AlertProviderType.Teams, "environment"), (teams!.Type, teams.Address.Host));
        Assert.Equal((AlertProviderType.Slack, "t"), (slack!.Type, slack.Token));
        Assert.Equal((null, "empty channel"), (broken, fault));
    }

    [Fact]
    public async Task A_failing_receiver_is_tried_three_times_and_logged_once_until_it_works_again()
    {
        await using var receiver = await HttpReceiver.StartAsync((context, number) =>
        {
            context.Response.StatusCode = number is < 6 or > 6 ? 500 : 200;
            return context.Response.WriteAsync("down");
        });
        Provide("p", $"{receiver.Url}", AlertProviderType.Generic);
        var canary = Canary(new AlertSpec("a", AlertSeverity.Info, Name("p")));
        await using var dispatcher = Make(new AlertOptions());

        for (var i = 0; i < 4; i++)
        {
            dispatcher.Send(canary, new AlertNotice(AlertSeverity.Info, "x", false));
            await dispatcher.WhenIdleAsync(Cancellation);
        }

        Assert.Equal(10, receiver.All.Count);
        Assert.Equal([1, 2, 1, 2, 1, 2], _time.Waits.Select(wait => wait.TotalSeconds));
        Assert.Equal((1L, 3L), (dispatcher.Counts.Sent, dispatcher.Counts.Failed));
        Assert.Equal(3, _log.Count);
        Assert.StartsWith(
            "Alert receiver p.default send error: sending notification bad response 500: down;", _log[0], StringComparison.Ordinal);
        Assert.Equal("Alert receiver p.default takes alerts again", _log[1]);
    }

    [Theory]
    [InlineData(404, "no such hook")]
    [InlineData(200, """{"ok":false,"error":"channel_not_found"}""")]
    public async Task What_will_never_work_is_not_tried_again(int status, string body)
    {
        await using var receiver = await HttpReceiver.StartAsync((status, body));
        Provide("p", $"{receiver.Url}", AlertProviderType.Slack);

        await SendAsync(Canary(new AlertSpec("a", AlertSeverity.Info, Name("p"))), new AlertNotice(AlertSeverity.Info, "x", false));

        Assert.Single(receiver.All);
        Assert.Contains(body, Assert.Single(_log), StringComparison.Ordinal);
    }

    [Fact]
    public async Task H_25_A_receiver_that_does_not_answer_delays_neither_the_caller_nor_other_receivers()
    {
        await using var slow = await HttpReceiver.StartAsync(
            (context, _) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted));
        await using var quick = await HttpReceiver.StartAsync((200, "ok"));
        Provide("slow", $"{slow.Url}", AlertProviderType.Generic);
        Provide("quick", $"{quick.Url}", AlertProviderType.Generic);
        var canary = Canary(new("a", AlertSeverity.Info, Name("slow")), new("b", AlertSeverity.Info, Name("quick")));
        var time = new FakeTimeProvider();
        await using var dispatcher = new AlertDispatcher(this, this, new AlertOptions(), time, this);

        dispatcher.Send(canary, new AlertNotice(AlertSeverity.Info, "first", false));
        dispatcher.Send(canary, new AlertNotice(AlertSeverity.Info, "second", false));

        Assert.Contains("\"first\"", (await quick.NextAsync()).Body, StringComparison.Ordinal);
        Assert.Contains("\"second\"", (await quick.NextAsync()).Body, StringComparison.Ordinal);
        await slow.NextAsync();
        Assert.Single(slow.All);
    }

    [Fact]
    public async Task A_missing_provider_secret_or_address_is_logged_once_and_the_next_alert_goes_out()
    {
        await using var receiver = await HttpReceiver.StartAsync((200, "ok"));
        Provide("secretless", string.Empty, AlertProviderType.Slack, "gone");
        Provide("empty", string.Empty, AlertProviderType.Slack, "empty");
        Provide("good", $"{receiver.Url}", AlertProviderType.Generic);
        _secrets[Name("empty")] = ImmutableDictionary<string, string>.Empty;
        var canary = Canary([.. new[] { "missing", "secretless", "empty", "good" }
            .Select(name => new AlertSpec(name, AlertSeverity.Info, Name(name)))]);
        await using var dispatcher = Make(new AlertOptions());

        dispatcher.Send(canary, new AlertNotice(AlertSeverity.Info, "x", false));
        dispatcher.Send(canary, new AlertNotice(AlertSeverity.Info, "x", false));
        await dispatcher.WhenIdleAsync(Cancellation);

        Assert.Equal(2, receiver.All.Count);
        Assert.Equal(
            [
                "alert provider missing.default error: not found",
                "alert provider secretless.default secretRef error: secret gone not found",
                "alert provider empty.default secret does not contain an address",
            ],
            _log.Select(line => line.Split("no receiver: ")[1]));
    }

    AlertProviderSpec? IAlertProviders.Find(NamespacedName name) => _providers.GetValueOrDefault(name);

    ImmutableDictionary<string, string>? ISecrets.Find(NamespacedName name) => _secrets.GetValueOrDefault(name);

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel >= LogLevel.Warning || formatter(state, exception).EndsWith("again", StringComparison.Ordinal))
        {
            _log.Add(formatter(state, exception));
        }
    }

    private static NamespacedName Name(string name) => new("default", name);

    private static CanarySpec Canary(params AlertSpec[] alerts)
    {
        var canary = HookSamples.Canary("podinfo");
        return canary with { Key = Name("podinfo"), Analysis = canary.Analysis with { Alerts = [.. alerts] } };
    }

    private void Provide(string name, string address, AlertProviderType type, string secret = "") =>
        _providers[Name(name)] = new AlertProviderSpec
        {
            Key = Name(name),
            Type = type,
            Address = address.Length == 0 ? null : new Uri(address),
            Secret = secret.Length == 0 ? null : Name(secret),
        };

    private AlertDispatcher Make(AlertOptions options) => new(this, this, options, _time, this);

    private async Task SendAsync(CanarySpec canary, AlertNotice notice, AlertOptions? options = null)
    {
        await using var dispatcher = Make(options ?? new AlertOptions());
        dispatcher.Send(canary, notice);
        await dispatcher.WhenIdleAsync(Cancellation);
    }
}

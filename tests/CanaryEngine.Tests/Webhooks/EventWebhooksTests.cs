using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Webhooks;

namespace XdsCanary.CanaryEngine.Tests.Webhooks;

public sealed class EventWebhooksTests
{
    private readonly InstantTime _time = new(HookSamples.Limit);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CTL_47_Events_go_to_every_event_hook_in_order_with_text_type_and_checksum()
    {
        await using var receiver = await HttpReceiver.StartAsync((202, string.Empty));
        using var client = new WebhookClient(_time);
        await using var events = Make(client, new EventWebhookOptions { Url = new Uri(receiver.Url, "/global") });
        var canary = HookSamples.Canary(
            "c", HookSamples.EventHook("one", new Uri(receiver.Url, "/1")), HookSamples.EventHook("two", new Uri(receiver.Url, "/2")));

        events.Send(canary, "sum", new EventNotice(false, "first", CanaryPhase.Initialized));
        events.Send(canary, "sum", new EventNotice(true, "second", CanaryPhase.Progressing));
        await events.WhenIdleAsync(Cancellation);

        Assert.Equal(["/1 first", "/2 first", "/1 second", "/2 second"], receiver.All.Select(Describe));
        Assert.Equal(
            """{"name":"c","namespace":"test","phase":"Progressing","checksum":"sum","metadata":{"eventMessage":"second","eventType":"Warning","timestamp":"1767323045678"}}""",
            receiver.All.Last().Body);
        Assert.Equal((4L, 0L), (events.Counts.Sent, events.Counts.Failed));
    }

    [Fact]
    public async Task CTL_48_A_webhook_that_answers_500_is_counted_and_later_events_still_go_out()
    {
        await using var receiver = await HttpReceiver.StartAsync((500, "no"), (200, string.Empty));
        using var client = new WebhookClient(_time);
        await using var events = Make(client, new EventWebhookOptions { Url = receiver.Url });

        events.Send(HookSamples.Canary("c"), "sum", new EventNotice(false, "first", CanaryPhase.Initialized));
        events.Send(HookSamples.Canary("c"), "sum", new EventNotice(false, "second", CanaryPhase.Initialized));
        await events.WhenIdleAsync(Cancellation);

        Assert.Equal(["/ first", "/ second"], receiver.All.Select(Describe));
        Assert.Equal((1L, 1L), (events.Counts.Sent, events.Counts.Failed));
    }

    [Fact]
    public async Task H_25_A_webhook_that_does_not_answer_delays_neither_the_caller_nor_other_canaries()
    {
        var open = new TaskCompletionSource();
        await using var receiver = await HttpReceiver.StartAsync((context, number) => number == 0 ? open.Task : Task.CompletedTask);
        using var client = new WebhookClient(_time);
        await using var events = Make(client, new EventWebhookOptions { Url = receiver.Url, Capacity = 2 });

        events.Send(HookSamples.Canary("slow"), "sum", new EventNotice(false, "0", CanaryPhase.Progressing));
        await receiver.NextAsync();
        for (var i = 1; i <= 5; i++)
        {
            events.Send(HookSamples.Canary("slow"), "sum", new EventNotice(false, $"{i}", CanaryPhase.Progressing));
        }

        events.Send(HookSamples.Canary("quick"), "sum", new EventNotice(false, "quick", CanaryPhase.Progressing));
        Assert.Contains("\"quick\"", (await receiver.NextAsync()).Body, StringComparison.Ordinal);
        open.SetResult();
        await events.WhenIdleAsync(Cancellation);

        Assert.Equal(["/ 0", "/ quick", "/ 4", "/ 5"], receiver.All.Select(Describe));
        Assert.Equal(3, events.Counts.Dropped);
    }

    [Fact]
    public void The_environment_names_the_webhook_for_all_canaries() => Assert.Equal(
        new Uri("http://events"),
        new EventWebhookOptions { Url = new Uri("http://option") }
            .WithEnvironment(name => name == "EVENT_WEBHOOK_URL" ? "http://events" : null).Url);

    private static string Describe(Received request)
    {
        using var body = JsonDocument.Parse(request.Body);
        return $"{request.Path} {body.RootElement.GetProperty("metadata").GetProperty("eventMessage")}";
    }

    private EventWebhooks Make(WebhookClient client, EventWebhookOptions options) =>
        new(client, options, _time, NullLogger<EventWebhooks>.Instance);
}

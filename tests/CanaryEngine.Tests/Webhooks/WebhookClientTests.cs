using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Webhooks;

namespace XdsCanary.CanaryEngine.Tests.Webhooks;

public sealed class WebhookClientTests
{
    private readonly InstantTime _time = new(HookSamples.Limit);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CTL_45_A_call_posts_exactly_the_payload_to_the_path_and_202_passes()
    {
        await using var receiver = await HttpReceiver.StartAsync((202, string.Empty));

        var answer = await CallAsync(HookSamples.Hook(new Uri(receiver.Url, "/a/b?c=d")));

        Assert.Equal(HookAnswer.Pass, answer);
        var request = Assert.Single(receiver.All);
        Assert.Equal(("POST", "/a/b?c=d"), (request.Method, request.Path));
        Assert.Equal(WebhookPayloadJson.Write(HookSamples.Payload), request.Body);
        Assert.Equal("application/json", request.Headers["Content-Type"]);
        Assert.Equal("xds-canary", request.Headers["User-Agent"]);
    }

    [Fact]
    public async Task CTL_46_A_500_is_an_error_that_keeps_the_receivers_words()
    {
        await using var receiver = await HttpReceiver.StartAsync((500, "no tests found\n"));

        var answer = await CallAsync(HookSamples.Hook(receiver.Url));

        Assert.Equal(new HookAnswer(false, $"POST {receiver.Url} giving up after 1 attempt(s): no tests found"), answer);
    }

    [Theory]
    [InlineData(200, true)]
    [InlineData(201, true)]
    [InlineData(202, true)]
    [InlineData(203, false)]
    [InlineData(204, false)]
    [InlineData(304, false)]
    [InlineData(403, false)]
    [InlineData(501, false)]
    public async Task A_status_passes_up_to_202_only_and_is_not_retried_otherwise(int status, bool passes)
    {
        await using var receiver = await HttpReceiver.StartAsync((context, _) =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        });

        var answer = await CallAsync(HookSamples.Hook(receiver.Url, retries: 3));

        Assert.Equal(passes, answer.Passed);
        Assert.Single(receiver.All);
        Assert.StartsWith(passes ? string.Empty : $"status {status} ", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_closed_gate_answers_with_its_own_word_or_with_its_status()
    {
        await using var receiver = await HttpReceiver.StartAsync((403, "Forbidden"), (403, string.Empty), (403, new string('x', 5000)));

        Assert.Equal("Forbidden", (await CallAsync(HookSamples.Hook(receiver.Url))).Error);
        Assert.Equal("status 403 Forbidden", (await CallAsync(HookSamples.Hook(receiver.Url))).Error);
        Assert.Equal(new string('x', 1024), (await CallAsync(HookSamples.Hook(receiver.Url))).Error);
    }

    [Fact]
    public async Task CTL_50_With_one_retry_a_500_and_then_a_202_pass()
    {
        await using var receiver = await HttpReceiver.StartAsync((500, "busy"), (202, string.Empty));

        var answer = await CallAsync(HookSamples.Hook(receiver.Url, retries: 1));

        Assert.Equal(HookAnswer.Pass, answer);
        Assert.Equal(2, receiver.All.Count);
        Assert.Equal([TimeSpan.FromSeconds(1)], _time.Waits);
    }

    [Fact]
    public async Task Retries_wait_twice_as_long_each_time_up_to_30_s_and_tell_the_last_answer()
    {
        await using var receiver = await HttpReceiver.StartAsync((502, "first"), (502, "other"), (429, "last"));

        var answer = await CallAsync(HookSamples.Hook(receiver.Url, retries: 7));

        Assert.Equal($"POST {receiver.Url} giving up after 8 attempt(s): last", answer.Error);
        Assert.Equal([1, 2, 4, 8, 16, 30, 30], _time.Waits.Select(wait => wait.TotalSeconds));
    }

    [Theory]
    [InlineData(429, "7", 7)]
    [InlineData(503, "7", 7)]
    [InlineData(500, "7", 1)]
    [InlineData(503, "86400", 300)]
    public async Task Retry_After_is_honoured_on_429_and_503(int status, string retryAfter, int seconds)
    {
        await using var receiver = await HttpReceiver.StartAsync((context, number) =>
        {
            context.Response.StatusCode = number == 0 ? status : 200;
            context.Response.Headers.RetryAfter = retryAfter;
            return Task.CompletedTask;
        });

        var answer = await CallAsync(HookSamples.Hook(receiver.Url, retries: 1));

        Assert.True(answer.Passed);
        Assert.Equal([TimeSpan.FromSeconds(seconds)], _time.Waits);
    }

    [Fact]
    public async Task A_refused_connection_is_retried_and_named()
    {
        Uri url;
        await using (var receiver = await HttpReceiver.StartAsync((200, string.Empty)))
        {
            url = receiver.Url;
        }

        var answer = await CallAsync(HookSamples.Hook(url, retries: 2));

        Assert.StartsWith($"POST {url} giving up after 3 attempt(s): Connection refused", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Redirects_are_followed_with_method_and_body()
    {
        await using var receiver = await HttpReceiver.StartAsync((context, number) =>
        {
            context.Response.StatusCode = number == 0 ? 307 : 200;
            context.Response.Headers.Location = "/elsewhere";
            return Task.CompletedTask;
        });

        Assert.True((await CallAsync(HookSamples.Hook(receiver.Url))).Passed);
        Assert.Equal(["POST /", "POST /elsewhere"], receiver.All.Select(request => $"{request.Method} {request.Path}"));
        Assert.Equal(receiver.All.First().Body, receiver.All.Last().Body);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task CTL_51_An_unsigned_certificate_passes_with_disableTLS_only(bool skipVerify)
    {
        await using var receiver = await HttpReceiver.StartAsync((context, _) => context.Response.WriteAsync("OK"), tls: true);

        var answer = await CallAsync(HookSamples.Hook(receiver.Url) with { SkipVerify = skipVerify });

        Assert.Equal(skipVerify, answer.Passed);
        Assert.Equal(skipVerify ? 1 : 0, receiver.All.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_time_limit_counts_for_headers_and_for_the_body(bool headersFirst)
    {
        await using var receiver = await HttpReceiver.StartAsync(async (context, _) =>
        {
            if (headersFirst)
            {
                await context.Response.WriteAsync("half");
                await context.Response.Body.FlushAsync();
            }

            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        });
        var time = new FakeTimeProvider();
        using var client = new WebhookClient(time);

        var call = client.CallAsync(HookSamples.Hook(receiver.Url), HookSamples.Payload, Cancellation);
        await receiver.NextAsync();
        time.Advance(TimeSpan.FromSeconds(9));
        Assert.False(call.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal($"POST {receiver.Url} giving up after 1 attempt(s): no answer within 10s", (await call).Error);
    }

    [Theory]
    [InlineData(200, true)]
    [InlineData(500, false)]
    public async Task An_asynchronous_hook_is_asked_at_its_location_until_it_answers_otherwise(int status, bool passes)
    {
        await using var receiver = await HttpReceiver.StartAsync((context, number) =>
        {
            context.Response.StatusCode = number < 3 ? 202 : status;
            context.Response.Headers.Location = number == 0 ? "/jobs/7" : string.Empty;
            return context.Response.WriteAsync($"answer {number}");
        });

        var answer = await CallAsync(HookSamples.Hook(receiver.Url, retries: 5) with { Async = true });

        Assert.Equal(passes ? HookAnswer.Pass : new HookAnswer(false, "answer 3"), answer);
        Assert.Equal(
            ["POST /", "GET /jobs/7", "GET /jobs/7", "GET /jobs/7"],
            receiver.All.Select(request => $"{request.Method} {request.Path}"));
    }

    [Fact]
    public async Task An_asynchronous_hook_without_a_result_fails_at_its_time_limit()
    {
        await using var receiver = await HttpReceiver.StartAsync((202, string.Empty));
        var time = new SignallingTime();
        using var client = new WebhookClient(time);

        var hook = HookSamples.Hook(receiver.Url, retries: 5) with { Async = true, Timeout = TimeSpan.FromMinutes(1) };
        var call = client.CallAsync(hook, HookSamples.Payload, Cancellation).AsTask();
        // The time limit, and after the answer the wait for the result.
        await time.WhenTimersAsync(2, Cancellation);
        time.Advance(TimeSpan.FromMinutes(1));

        Assert.False((await call).Passed);
        Assert.Contains("within 60s", (await call).Error, StringComparison.Ordinal);
        Assert.Single(receiver.All, request => request.Method == "POST");
    }

    [Fact]
    public async Task A_call_that_is_given_up_ends_with_the_cancellation()
    {
        await using var receiver = await HttpReceiver.StartAsync(
            (context, _) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted));
        using var client = new WebhookClient(_time);
        using var stop = new CancellationTokenSource();

        var call = client.CallAsync(HookSamples.Hook(receiver.Url), HookSamples.Payload, stop.Token);
        await receiver.NextAsync();
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await call);
    }

    private async Task<HookAnswer> CallAsync(WebhookSpec hook)
    {
        using var client = new WebhookClient(_time);
        return await client.CallAsync(hook, HookSamples.Payload, Cancellation);
    }
}

using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using XdsCanary.LoadTester.Load;
using XdsCanary.TestKit;

namespace XdsCanary.LoadTester.Tests.Load;

public sealed class LoadTaskTests
{
    [Fact]
    public async Task A_load_reports_requests_codes_and_quantiles()
    {
        var headers = new List<string>();
        await using var target = await TargetAsync(context =>
        {
            lock (headers)
            {
                headers.Add($"{context.Request.Method} {context.Request.Headers["X-Test"]}");
                context.Response.StatusCode = headers.Count % 2 == 0 ? 200 : 404;
            }

            return Task.CompletedTask;
        });
        await using var tester = await RunningLoadTester.StartAsync();

        var answer = await tester.RunAsync(
            ("type", "load"), ("url", target.Urls.First()), ("rate", "100"), ("duration", "200ms"), ("headers", "X-Test: yes"));

        Assert.Equal(200, answer.Pair.Status);
        using var report = JsonDocument.Parse(answer.Body);
        Assert.Equal(20, report.RootElement.GetProperty("requests").GetInt32());
        Assert.Equal("""{"200":10,"404":10}""", $"{report.RootElement.GetProperty("codes")}");
        Assert.Equal(0, report.RootElement.GetProperty("errorPercent").GetDouble());
        var latency = report.RootElement.GetProperty("latencyMs");
        Assert.InRange(latency.GetProperty("p50").GetDouble(), 0.01, latency.GetProperty("p99").GetDouble());
        Assert.All(headers, header => Assert.Equal("GET yes", header));
    }

    [Fact]
    public async Task A_load_fails_when_more_errors_come_than_are_good()
    {
        await using var target = await TargetAsync(context =>
        {
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        });
        await using var tester = await RunningLoadTester.StartAsync();

        var answer = await tester.RunAsync(
            ("type", "load"), ("url", target.Urls.First()), ("rate", "50"), ("duration", "100ms"), ("maxErrorPercent", "1"));

        Assert.Equal(500, answer.Pair.Status);
        using var report = JsonDocument.Parse(answer.Body);
        Assert.Equal("100% errors are more than 1%", report.RootElement.GetProperty("reason").GetString());
    }

    [Fact]
    public async Task A_load_that_nobody_waits_for_is_asked_after()
    {
        await using var target = await TargetAsync(_ => Task.CompletedTask);
        await using var tester = await RunningLoadTester.StartAsync();

        var receipt = await tester.RunAsync(
            ("type", "load"), ("url", target.Urls.First()), ("duration", "200ms"), ("rate", "20"), ("wait", "false"));
        Assert.Equal(202, receipt.Pair.Status);

        Answer? last = null;
        await Eventually.BecomesAsync(async () => (last = await tester.GetAsync(receipt.Location)).Pair.Status != 202);
        Assert.Contains("\"requests\":4", last!.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("url", "ftp://x", "url must be")]
    [InlineData("rate", "0", "rate must be a number from 0.1 to 20000, not '0'")]
    [InlineData("concurrency", "many", "concurrency must be")]
    [InlineData("duration", "5", "duration must be a duration such as 500ms, 10s or 2m, not '5'")]
    [InlineData("maxP99", "-1s", "maxP99 must be")]
    [InlineData("headers", "nonsense", "headers must be lines")]
    [InlineData("method", "G T", "method must be")]
    public void A_plan_that_cannot_work_says_why(string name, string value, string reason)
    {
        var metadata = new Dictionary<string, string> { ["url"] = "http://x", [name] = value };

        Assert.Null(LoadPlan.Read(metadata, out var fault));
        Assert.Contains(reason, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Quantiles_are_exact_to_a_hundredth_and_a_slow_tail_breaks_the_limit()
    {
        var tally = new LoadTally();
        for (var i = 1; i <= 1000; i++)
        {
            tally.Add(i <= 5 ? null : 200, TimeSpan.FromMilliseconds(i));
        }

        var metadata = new Dictionary<string, string> { ["url"] = "http://x", ["maxP99"] = "900ms", ["maxErrorPercent"] = "0.5" };
        var report = tally.Report(LoadPlan.Read(metadata, out _)!, TimeSpan.FromSeconds(10));

        Assert.InRange(report.LatencyMs.P50, 495, 505);
        Assert.InRange(report.LatencyMs.P99, 980, 1000);
        Assert.Equal(1000, report.LatencyMs.Max);
        Assert.Equal((0.5, 100.0, 5L), (report.ErrorPercent, report.RequestsPerSecond, report.Codes["none"]));
        Assert.Matches("^p99 of [0-9.]+ ms is above 900 ms$", report.Reason);
    }

    private static async Task<WebApplication> TargetAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.Run(answer);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }
}

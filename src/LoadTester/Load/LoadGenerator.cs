using System.Text.Json;
using XdsCanary.LoadTester.Tasks;

namespace XdsCanary.LoadTester.Load;

/// <summary>
/// Sends requests at a fixed rate, whatever the answers do: each is due at a moment of its own, and its latency counts from
/// there, so that a service that stalls does not hide the requests that it made late.
/// </summary>
/// <param name="time">Tells when requests are due.</param>
internal sealed class LoadGenerator(TimeProvider time) : IDisposable
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);

    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(1),
    });

    /// <summary>Runs a plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <returns>The report as JSON; it fails when a limit of the plan is broken.</returns>
    public async Task<TaskResult> RunAsync(LoadPlan plan, CancellationToken cancellationToken)
    {
        var tally = new LoadTally();
        var start = time.GetTimestamp();
        var total = (long)Math.Ceiling(plan.Rate * plan.Duration.TotalSeconds);
        var next = -1L;
        try
        {
            await Task.WhenAll(Enumerable.Range(0, (int)Math.Min(plan.Concurrency, total)).Select(_ => WorkAsync()));
        }
        catch (OperationCanceledException)
        {
            return new TaskResult(false, string.Empty, "the load was ended early");
        }

        var report = tally.Report(plan, time.GetElapsedTime(start));
        var json = JsonSerializer.Serialize(report, LoadTesterJson.Default.LoadReport);
        return new TaskResult(report.Passed, json, report.Passed ? string.Empty : json, "application/json");

        async Task WorkAsync()
        {
            while (Interlocked.Increment(ref next) is var number && number < total)
            {
                var due = TimeSpan.FromSeconds(number / plan.Rate);
                var early = due - time.GetElapsedTime(start);
                if (early > TimeSpan.Zero)
                {
                    await Task.Delay(early, time, cancellationToken);
                }

                var status = await SendAsync(plan, cancellationToken);
                tally.Add(status, time.GetElapsedTime(start) - due);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task<int?> SendAsync(LoadPlan plan, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(AnswerLimit, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var request = new HttpRequestMessage(new HttpMethod(plan.Method), plan.Url);
        foreach (var (name, value) in plan.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        try
        {
            using var response = await _client.SendAsync(request, stop.Token);
            await response.Content.CopyToAsync(Stream.Null, stop.Token);
            return (int)response.StatusCode;
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException
            || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }
}

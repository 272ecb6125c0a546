using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using XdsCanary.KubeRuntime.Api;
using XdsCanary.KubeRuntime.Leadership;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.KubeRuntime.Tests.Leadership;

/// <summary>One lease, written as an API server does: a write with an old version is a conflict.</summary>
internal sealed class LeaseServer
{
    private int _version = 100;

    public JsonObject? Lease { get; set; }

    public string Holder => (string?)Lease?["spec"]?["holderIdentity"] ?? string.Empty;

    public void Hold(string identity, int? seconds = 15)
    {
        var spec = new JsonObject { ["holderIdentity"] = identity, ["leaseTransitions"] = 4 };
        if (seconds is { } duration)
        {
            spec["leaseDurationSeconds"] = duration;
        }

        Write(new JsonObject { ["metadata"] = new JsonObject { ["name"] = "lead", ["labels"] = new JsonObject { ["a"] = "b" } }, ["spec"] = spec });
    }

    public (HttpStatusCode Status, string Body) Handle(HttpMethod method, string body)
    {
        if (method == HttpMethod.Get)
        {
            return Lease is null ? (HttpStatusCode.NotFound, "{}") : (HttpStatusCode.OK, Lease.ToJsonString());
        }

        var sent = JsonNode.Parse(body)!.AsObject();
        var isExpected = method == HttpMethod.Post
            ? Lease is null
            : Lease is not null && (string?)sent["metadata"]!["resourceVersion"] == (string?)Lease["metadata"]!["resourceVersion"];
        if (!isExpected)
        {
            return (HttpStatusCode.Conflict, """{"message":"the object has been modified"}""");
        }

        Write(sent);
        return (HttpStatusCode.OK, Lease!.ToJsonString());
    }

    private void Write(JsonObject lease)
    {
        lease["metadata"]!["resourceVersion"] = $"{++_version}";
        Lease = lease;
    }
}

/// <summary>How one replica reaches the server: slowly, or not at all. What was sent arrives even if its sender has given up.</summary>
internal sealed class LeaseDoor(LeaseServer server, TimeProvider time) : HttpMessageHandler
{
    /// <summary>What a call meets: null for nothing that would stop it.</summary>
    public Func<HttpMethod, string?> Meets { get; set; } = _ => null;

    public Func<TimeSpan> Delay { get; set; } = () => TimeSpan.Zero;

    public KubeClient Client() => new(
        new HttpClient(this, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan }, new Uri("http://api.test"), (_, _) => Task.CompletedTask, time);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? string.Empty : await request.Content.ReadAsStringAsync(cancellationToken);
        var met = Meets(request.Method);
        switch (met)
        {
            case "refused":
                throw new HttpRequestException("connection refused");
            case "silence":
                return await UntilGivenUpAsync(null, cancellationToken);
            case "forbidden":
                return Answer((HttpStatusCode.Forbidden, """{"message":"leases is forbidden"}"""));
        }

        // No token on the way there: what is under way arrives.
        var handled = HandleAsync(request.Method, body);
        return await UntilGivenUpAsync(met == "lost" ? null : handled, cancellationToken);
    }

    // By a source whose continuations run at once, so that moving the clock has moved everything when it returns.
    private static async Task<HttpResponseMessage> UntilGivenUpAsync(
        Task<(HttpStatusCode Status, string Body)>? handled, CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<HttpResponseMessage>();
        await using var registration = cancellationToken.Register(() => answer.TrySetCanceled(cancellationToken));
        if (handled is not null)
        {
            _ = PassAsync();
        }

        return await answer.Task;

        async Task PassAsync() => answer.TrySetResult(Answer(await handled));
    }

    private async Task<(HttpStatusCode Status, string Body)> HandleAsync(HttpMethod method, string body)
    {
        await Task.Delay(Delay(), time, CancellationToken.None);
        var answer = server.Handle(method, body);
        await Task.Delay(Delay(), time, CancellationToken.None);
        return answer;
    }

    private static HttpResponseMessage Answer((HttpStatusCode Status, string Body) answer) =>
        new(answer.Status) { Content = new StringContent(answer.Body, Encoding.UTF8, "application/json") };
}

/// <summary>A replica with a clock of its own.</summary>
internal sealed class Replica : IDisposable
{
    private readonly CancellationTokenSource _stop = new();

    public Replica(LeaseServer server, string identity, FakeTimeProvider? time = null)
    {
        Time = time ?? new FakeTimeProvider();
        Door = new LeaseDoor(server, Time);
        Gate = new LeaseGate(
            Door.Client(), new LeaseOptions { Name = new NamespacedName("default", "lead"), Identity = identity }, Time, Log);
    }

    public FakeTimeProvider Time { get; }

    public LeaseDoor Door { get; }

    public MessageLog<LeaseGate> Log { get; } = new();

    public LeaseGate Gate { get; }

    public Task Running { get; private set; } = Task.CompletedTask;

    public LeadershipState State => Gate.State;

    /// <summary>Begins to compete; the first look is over when this returns, unless the door delays it.</summary>
    public Replica Start()
    {
        Running = Gate.RunAsync(_stop.Token);
        return this;
    }

    public void Advance(double seconds)
    {
        for (var left = TimeSpan.FromSeconds(seconds); left > TimeSpan.Zero;)
        {
            var step = left < TimeSpan.FromMilliseconds(100) ? left : TimeSpan.FromMilliseconds(100);
            Time.Advance(step);
            left -= step;
        }
    }

    /// <summary>The process is gone at once.</summary>
    public void Kill() => _stop.Cancel();

    /// <summary>Stops; what is still to be said is under way when this returns.</summary>
    public void Stop()
    {
        _stop.Cancel();
        _ = Gate.StopAsync(CancellationToken.None);
    }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
        Gate.Dispose();
        Door.Dispose();
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Gate.StopAsync(CancellationToken.None);
    }
}

using System.Text.Json;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Standalone;
using XdsCanary.TestKit;
using XdsCanary.TestKit.Traffic;

namespace XdsCanary.EndToEnd.Tests.Canary;

/// <summary>What a run was like.</summary>
/// <param name="Phase">How it ended.</param>
/// <param name="Weights">The canary's weights in the Envoy's routes, in order.</param>
/// <param name="Events">What was said of it, in order, each with how often.</param>
internal sealed record SeenRun(CanaryPhase Phase, IReadOnlyList<int> Weights, IReadOnlyList<string> Events);

/// <summary>Runs of one canary, whose server may be killed meanwhile. A bad run is one whose webhook refuses each step.</summary>
internal sealed class KilledRuns : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private readonly CanaryMesh _mesh;
    private readonly UpstreamServer[] _upstreams;
    private readonly WeightWatch _watch;
    private readonly TrafficClient _traffic;
    private UpstreamServer _primary;
    private int _released;

    private KilledRuns(CanaryMesh mesh, UpstreamServer[] upstreams)
    {
        _mesh = mesh;
        _upstreams = upstreams;
        _primary = mesh.First;
        _watch = WeightWatch.Start(mesh.Envoy.Admin);
        _traffic = TrafficClient.Start(mesh.Load with { RequestsPerSecond = 50 });
    }

    /// <summary>How often the server was killed in the middle of a run.</summary>
    public int Kills => KilledIn.Values.Sum();

    /// <summary>
    /// How often it was killed when it had not begun the run yet, or had ended it: that disturbs no run. Each run is followed by one of these.
    /// </summary>
    public int KillsBetweenRuns { get; private set; }

    /// <summary>How often it was killed in the middle of a run, by phase.</summary>
    public Dictionary<CanaryPhase, int> KilledIn { get; } = [];

    private string StateFile => Path.Combine(_mesh.Manifests.FullPath, ".xds-canary", "default", $"{CanaryMesh.Service}.json");

    /// <summary>Starts everything, with an initialised canary.</summary>
    public static async Task<KilledRuns> StartAsync()
    {
        // It would spend most of its time waiting otherwise: its pauses grow while the server does not live long enough.
        var mesh = await CanaryMesh.StartAsync((_, _) => Task.FromResult<string[]>([]), TimeSpan.FromSeconds(0.5));
        try
        {
            // More than two: what is released next is neither the primary nor what was released last.
            var upstreams = new UpstreamServer[4];
            for (var index = 0; index < upstreams.Length; index++)
            {
                upstreams[index] = await mesh.UpstreamAsync($"v{index}");
            }

            await mesh.InitialiseAsync(
                ["interval: 1s", "threshold: 3", "stepWeight: 10", "maxWeight: 30"],
                CanaryText.Hooks(mesh.Hooks, "pre-rollout", "rollout", "confirm-promotion"));
            return new KilledRuns(mesh, upstreams);
        }
        catch
        {
            await mesh.DisposeAsync();
            throw;
        }
    }

    /// <summary>Releases another revision and sees it to its end.</summary>
    /// <param name="isGood">Whether the webhook lets it go on.</param>
    /// <param name="kill">How long the server may live each time, counted from the start of its process; null for ever.</param>
    public async Task<SeenRun> RunAsync(bool isGood, Func<TimeSpan>? kill)
    {
        if (isGood)
        {
            _mesh.Hooks.Refused.TryRemove("/rollout", out _);
        }
        else
        {
            _mesh.Hooks.Refused["/rollout"] = true;
        }

        var releasedAt = TimeProvider.System.GetUtcNow();
        var next = _upstreams[_released++ % _upstreams.Length];
        _watch.Reset();
        _mesh.Release(next);
        var state = kill is null
            ? await Eventually.GetAsync(() => Task.FromResult(Read()), state => EndOf(state) > releasedAt, Patience)
            : await KillUntilAsync(state => EndOf(state) > releasedAt, kill);
        _primary = isGood ? next : _primary;
        await _mesh.Server.BecomesReadyAsync();
        await _mesh.FollowsAsync(0);
        var report = await TrafficClient.RunAsync(_mesh.Load, 50);
        Assert.True(report.From(_primary.Name) == 50, report.ToString());
        var events = Read().Events.Where(told => told.First >= releasedAt).Select(told => $"{told.Text} ({told.Count})");

        // The watch polls: what the Envoy routes by now it sees a little later.
        await Eventually.BecomesAsync(() => _watch.Weights[^1] == 0);
        return new SeenRun(state.Status.Phase, _watch.Weights, [.. events]);
    }

    /// <summary>Kills the server and starts it again.</summary>
    /// <returns>How long it took to be ready.</returns>
    public async Task<TimeSpan> RestartAsync()
    {
        await _mesh.Server.Kill9Async();
        var started = TimeProvider.System.GetTimestamp();
        await _mesh.Server.LaunchAgainAsync();
        await _mesh.Server.BecomesReadyAsync();
        return TimeProvider.System.GetElapsedTime(started);
    }

    /// <summary>Stops the traffic and checks that the clients noticed nothing of it all.</summary>
    public async Task AssertNoRequestFailedAsync()
    {
        var report = await _traffic.StopAsync();
        Figures.Record(report.ToString());
        Assert.Equal(0, report.Failed);
    }

    public async ValueTask DisposeAsync()
    {
        await _watch.DisposeAsync();
        await _traffic.DisposeAsync();
        await _mesh.DisposeAsync();
    }

    private async Task<CanaryState> KillUntilAsync(Func<CanaryState, bool> hasEnded, Func<TimeSpan> kill)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            await LiveAsync(kill(), hasEnded);
            await _mesh.Server.Kill9Async();
            var state = Read();
            Count(state.Status.Phase);
            await _mesh.Server.LaunchAgainAsync();
            if (hasEnded(state))
            {
                return state;
            }

            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, $"Killed again and again, it stays at {state.Status}.");
        }
    }

    // A random instant, not a time that something is hoped to take. A run that has ended is not waited with: just after the end is an
    // instant as well, but there is nothing left to disturb.
    private async Task LiveAsync(TimeSpan life, Func<CanaryState, bool> hasEnded)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (life - TimeProvider.System.GetElapsedTime(started) is var left && left > TimeSpan.Zero && !hasEnded(Read()))
        {
            await Task.Delay(left < Look ? left : Look, TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    private void Count(CanaryPhase phase)
    {
        if (phase.IsRunning())
        {
            KilledIn[phase] = KilledIn.GetValueOrDefault(phase) + 1;
        }
        else
        {
            KillsBetweenRuns++;
        }
    }

    private static DateTimeOffset EndOf(CanaryState state) =>
        state.Status.History.Select(run => run.EndedAt).DefaultIfEmpty(DateTimeOffset.MinValue).Max();

    // A torn file throws here.
    private CanaryState Read() =>
        JsonSerializer.Deserialize(File.ReadAllBytes(StateFile), CanaryStateJson.Default.CanaryState)!;
}

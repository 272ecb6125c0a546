using System.Collections.Immutable;
using Microsoft.Extensions.Time.Testing;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Demo;

namespace XdsCanary.XdsServer.Tests.Demo;

public sealed class DemoScene1Tests
{
    private readonly FakePlane _plane = new();
    private readonly FakeReport _report = new();
    private readonly FakeTimeProvider _time = new() { AutoAdvanceAmount = TimeSpan.FromMilliseconds(1) };

    [Fact]
    public async Task Scene_that_goes_well_shows_four_rows_and_returns_zero()
    {
        var code = await RunAsync();

        Assert.Equal(0, code);
        Assert.Equal(["100/0", "75/25", "50/50", "0/100"], _report.Final.Select(row => row.Acknowledged));
        Assert.Equal(["100.0/0.0", "75.0/25.0", "50.0/50.0", "0.0/100.0"], _report.Final.Select(row => row.Observed));
        Assert.Contains("Envoy 1.40", _report.Heading, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Weights_that_are_not_acknowledged_in_10_seconds_end_the_scene_with_the_proxys_own_words()
    {
        _plane.Rejection = "no such cluster";

        var code = await RunAsync();

        Assert.Equal(1, code);
        Assert.Contains("envoy-1 rejected it: no such cluster", _report.Conclusion, StringComparison.Ordinal);
        Assert.Empty(_report.Final);
    }

    [Fact]
    public async Task Failed_request_ends_the_scene()
    {
        _plane.Failing = true;

        var code = await RunAsync();

        Assert.Equal(1, code);
        Assert.Contains("1 of 2001 requests failed (answers: 2000 x 200, 1 x 503)", _report.Conclusion, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_refuses_a_share_that_is_off()
    {
        var counts = Answers(1600, 400);

        Assert.Null(DemoScene1.Judge(new SceneStep(80, 20), counts));
        Assert.Contains("1600 of 2000 requests went to v1", DemoScene1.Judge(new SceneStep(75, 25), counts), StringComparison.Ordinal);
        Assert.Contains("no request", DemoScene1.Judge(new SceneStep(75, 25), LoadCounts.None), StringComparison.Ordinal);
    }

    private async Task<int> RunAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20), TimeProvider.System);
        var scene = new DemoScene1(_plane, _plane, _plane, _report, _time).RunAsync("Envoy 1.40", limit.Token);
        while (!scene.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        return await scene;
    }

    private static LoadCounts Answers(int v1, int v2) => new(
        v1 + v2, 0,
        ImmutableDictionary<string, int>.Empty.Add("v1", v1).Add("v2", v2),
        ImmutableDictionary<int, int>.Empty.Add(200, v1 + v2));

    /// <summary>A control plane with one proxy that does at once what is asked, and traffic that follows it exactly.</summary>
    private sealed class FakePlane : IConvergenceProbe, ITrafficWeights, ILoadWindow
    {
        private ImmutableArray<BackendWeight> _weights = [];

        public string? Rejection { get; set; }

        public bool Failing { get; set; }

        public void SetWeights(int v1, int v2) =>
            _weights = [new BackendWeight("shop-v1", (uint)v1), new BackendWeight("shop-v2", (uint)v2)];

        public ServiceConvergence Describe(NamespacedName service) => Rejection is { } why
            ? new ServiceConvergence(_weights, null, 1, 0, [new LaggingProxy("envoy-1", why)])
            : new ServiceConvergence(_weights, _weights, 1, 1, []);

        public Func<LoadCounts> Keep() => Read;

        public void Reset()
        {
        }

        public LoadCounts Read()
        {
            var counts = Answers(20 * (int)_weights[0].Weight, 20 * (int)_weights[1].Weight);
            return Failing ? counts.With(503, version: null) : counts;
        }
    }

    private sealed class FakeReport : ISceneReport
    {
        public string Heading { get; private set; } = string.Empty;

        public string Conclusion { get; private set; } = string.Empty;

        public List<SceneRow> Final { get; } = [];

        public Task<string?> ShowAsync(string heading, Func<Action<SceneRow, bool>, Task<string?>> scene)
        {
            Heading = heading;
            return scene((row, final) =>
            {
                if (final)
                {
                    Final.Add(row);
                }
            });
        }

        public void Conclude(string text, bool good) => Conclusion = text;
    }
}

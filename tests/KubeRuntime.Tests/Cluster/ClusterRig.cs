using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using XdsCanary.KubeRuntime.Api;
using XdsCanary.KubeRuntime.Cluster;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.KubeRuntime.Tests.Api;

namespace XdsCanary.KubeRuntime.Tests.Cluster;

/// <summary>A source of objects, a server that the test plays, and a clock that the test moves.</summary>
internal sealed class ClusterRig : IAsyncDisposable
{
    public static readonly WatchedKind Things = new("example.io", "Thing", "things", ["v1"]);
    public static readonly WatchedKind Others = new("example.io", "Other", "others", ["v1"]);
    public static readonly WatchedKind Choice = new("example.io", "Thing", "things", ["v1alpha4", "v1alpha2"]);

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    private readonly CancellationTokenSource _stop = new();

    public ClusterRig(params WatchedKind[] kinds)
        : this(string.Empty, kinds)
    {
    }

    public ClusterRig(string space, params WatchedKind[] kinds)
    {
        Source = new ClusterSource(
            Server.Client(Time), new ClusterSourceOptions { Kinds = [.. kinds], Namespace = space, Seed = 7 }, Time, Log);
    }

    public FakeTimeProvider Time { get; } = new();

    public ScriptedServer Server { get; } = new();

    public MessageLog<ClusterSource> Log { get; } = new();

    public ClusterSource Source { get; }

    public Task Running { get; private set; } = Task.CompletedTask;

    /// <summary>What is known: names and versions.</summary>
    public string Known => string.Join(' ', Source.Current.Objects.Values
        .Select(item => $"{item.Key.Name.Name}@{ApiObjects.VersionOf(item).ToString(CultureInfo.InvariantCulture)}")
        .Order(StringComparer.Ordinal));

    public static string Thing(string name, int version, string apiVersion = "example.io/v1") =>
        $$$"""{"apiVersion":"{{{apiVersion}}}","kind":"Thing","metadata":{"name":"{{{name}}}","namespace":"default","resourceVersion":"{{{version}}}"}}""";

    public static SourceObject Object(string name, int version)
    {
        using var json = JsonDocument.Parse(Thing(name, version));
        return Assert.Single(ApiObjects.Read(json.RootElement, Things.In("v1")).Objects);
    }

    public static string List(int version, params string[] items) =>
        $$$"""{"kind":"ThingList","apiVersion":"example.io/v1","metadata":{"resourceVersion":"{{{version}}}"},"items":[{{{string.Join(',', items)}}}]}""";

    public static string Group(params string[] plurals) =>
        $$"""{"kind":"APIResourceList","resources":[{{string.Join(',', plurals.Select(name => $$"""{"name":"{{name}}"}"""))}}]}""";

    /// <summary>Begins, on this thread, so that its first calls are there when this returns.</summary>
    public void Start() => Running = Source.RunAsync(_stop.Token);

    /// <summary>Starts, answers the list, and opens the watch.</summary>
    public async Task<WatchFeed> FollowAsync(int version, params string[] items)
    {
        Start();
        (await Server.NextAsync()).Answer(List(version, items));
        return (await WatchAsync()).Open();
    }

    /// <summary>The next call, which is to come without a pause.</summary>
    public async Task<ServerCall> NextAsync() => await Server.NextAsync();

    /// <summary>The next call, which is to be a watch that comes without a pause.</summary>
    public async Task<ServerCall> WatchAsync()
    {
        var call = await Server.NextAsync();
        Assert.True(call.IsWatch, $"{call.Path}{call.Query}");
        return call;
    }

    /// <summary>Moves the clock until the next call comes.</summary>
    /// <returns>The call, and how long it took.</returns>
    public (ServerCall Call, TimeSpan Pause) Pause(double most)
    {
        for (var passed = TimeSpan.Zero; passed <= TimeSpan.FromSeconds(most) + Tick; passed += Tick)
        {
            if (Server.TryNext(out var call))
            {
                return (call!, passed);
            }

            Time.Advance(Tick);
        }

        throw new InvalidOperationException($"no call within {most} s");
    }

    public void Advance(double seconds) => Time.Advance(TimeSpan.FromSeconds(seconds));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        Source.Dispose();
        Server.Dispose();
    }
}

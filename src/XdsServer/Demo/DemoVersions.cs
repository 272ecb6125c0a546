namespace XdsCanary.XdsServer.Demo;

/// <summary>The versions of the sample service, all running.</summary>
internal sealed class DemoVersions : IAsyncDisposable
{
    private static readonly TimeSpan SlowDelay = TimeSpan.FromMilliseconds(800);

    private readonly List<DemoUpstream> _upstreams = [];

    private DemoVersions()
    {
    }

    /// <summary>The first version.</summary>
    public DemoUpstream V1 => _upstreams[0];

    /// <summary>The second version.</summary>
    public DemoUpstream V2 => _upstreams[1];

    /// <summary>A third version that is good.</summary>
    public DemoRelease Good => new("v3", _upstreams[2].Port, true, "a good version");

    /// <summary>A version that answers errors.</summary>
    public DemoRelease Failing => new("v4", _upstreams[3].Port, false, "which answers every request with 500");

    /// <summary>A version that is slow.</summary>
    public DemoRelease Slow => new(
        "v5", _upstreams[4].Port, false, $"which takes {SlowDelay.TotalMilliseconds} ms over every request");

    /// <summary>Starts them.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Stops the start.</param>
    public static async Task<DemoVersions> StartAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        var good = UpstreamBehaviour.Good;
        UpstreamBehaviour[] behaviours =
        [
            good, good, good, good with { Status = StatusCodes.Status500InternalServerError }, good with { Delay = SlowDelay },
        ];
        var versions = new DemoVersions();
        try
        {
            foreach (var behaviour in behaviours)
            {
                var name = $"v{versions._upstreams.Count + 1}";
                versions._upstreams.Add(await DemoUpstream.StartAsync(name, behaviour, time, cancellationToken));
            }

            return versions;
        }
        catch
        {
            await versions.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var upstream in _upstreams)
        {
            await upstream.DisposeAsync();
        }
    }
}

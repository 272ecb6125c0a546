using XdsCanary.KubeRuntime.Api;

namespace XdsCanary.KubeRuntime.Cluster;

/// <summary>What a watcher does next.</summary>
internal enum WatchStep
{
    /// <summary>Find out which version is served.</summary>
    Discover,

    /// <summary>List all objects.</summary>
    List,

    /// <summary>Watch from the version that was seen last.</summary>
    Watch,
}

/// <summary>
/// Where the following of one kind of objects stands: which step is next, from which version on, and after which pause. Immutable
/// and pure. The rules are those of the API's watch protocol (Kubernetes API concepts, "Efficient detection of changes"): list, then
/// watch from the list's version; resume from the last version seen; list again only when that version is gone.
/// </summary>
internal sealed record WatchCursor
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RelistPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan NotServedPause = TimeSpan.FromSeconds(10);

    /// <summary>The next step.</summary>
    public WatchStep Next { get; private init; } = WatchStep.Discover;

    /// <summary>The version of the API in use; empty before one was found.</summary>
    public string ApiVersion { get; private init; } = string.Empty;

    /// <summary>The object version that was seen last; empty when everything has to be listed.</summary>
    public string ResourceVersion { get; private init; } = string.Empty;

    /// <summary>How many calls failed one after another.</summary>
    public int Failures { get; private init; }

    /// <summary>How many watches did not last, one after another.</summary>
    public int Restarts { get; private init; }

    /// <summary>Whether objects of the kind were listed, and the kind has not disappeared since.</summary>
    public bool IsKnown { get; private init; }

    private bool IsMissed { get; init; }

    private bool WasAway { get; init; }

    // An API server that answers after it did not is likely to be another process, and its outage ended the watches before. One that
    // answers that it is busy is the same, and is to be spared.
    private int RestartsNow => WasAway ? 0 : Restarts;

    private TimeSpan BasePause { get; init; }

    /// <summary>The API server serves the kind.</summary>
    /// <param name="version">In this version.</param>
    public WatchCursor Discovered(string version) => this with
    {
        Next = version == ApiVersion && ResourceVersion.Length > 0 ? WatchStep.Watch : WatchStep.List,
        ApiVersion = version,
        ResourceVersion = version == ApiVersion ? ResourceVersion : string.Empty,
        BasePause = TimeSpan.Zero,
    };

    /// <summary>
    /// The API server does not serve the kind: it is looked for again, for a definition may be added. A kind that was there is given
    /// up (<see cref="IsKnown"/> is false) only the second time: one wrong answer, as of a server that starts, takes away no objects.
    /// </summary>
    public WatchCursor NotServed()
    {
        var isDoubted = IsKnown && !IsMissed;
        return this with
        {
            Next = WatchStep.Discover,
            ApiVersion = isDoubted ? ApiVersion : string.Empty,
            ResourceVersion = isDoubted ? ResourceVersion : string.Empty,
            IsKnown = isDoubted,
            IsMissed = isDoubted,
            Failures = 0,
            Restarts = RestartsNow,
            WasAway = false,
            BasePause = NotServedPause,
        };
    }

    /// <summary>Everything was listed.</summary>
    /// <param name="resourceVersion">The version of the list.</param>
    public WatchCursor Listed(string resourceVersion) => this with
    {
        Next = WatchStep.Watch,
        ResourceVersion = resourceVersion,
        IsKnown = true,
        IsMissed = false,
        Failures = 0,
        Restarts = RestartsNow,
        WasAway = false,
        BasePause = TimeSpan.Zero,
    };

    /// <summary>The API server began to answer a watch.</summary>
    public WatchCursor Opened() => this with { Failures = 0, Restarts = RestartsNow, WasAway = false, IsMissed = false };

    /// <summary>An object or a bookmark came. An older one than before means that the server's history was set back: all is listed.</summary>
    /// <param name="resourceVersion">Its version.</param>
    public WatchCursor Seen(string resourceVersion)
    {
        var (last, version) = (ApiObjects.VersionOf(ResourceVersion), ApiObjects.VersionOf(resourceVersion));
        return version > 0 && version < last ? Gone() : this with { ResourceVersion = resourceVersion, BasePause = TimeSpan.Zero };
    }

    /// <summary>A watch is over, which was open for a while. One that was long enough shows that all is well.</summary>
    /// <param name="time">How long.</param>
    public WatchCursor Lasted(TimeSpan time) => time >= LongestPause ? this with { Restarts = 0 } : this;

    /// <summary>The watch ended as it does from time to time. A server that ends each at once is asked less and less often.</summary>
    public WatchCursor Ended() => this with
    {
        Next = WatchStep.Discover,
        Restarts = Restarts + 1,
        BasePause = Longer(FirstPause, Restarts),
    };

    /// <summary>The version that was seen last is too old: everything is listed again, not by all watchers at the same moment.</summary>
    public WatchCursor Gone() => this with
    {
        Next = ApiVersion.Length > 0 ? WatchStep.List : WatchStep.Discover,
        ResourceVersion = string.Empty,
        Restarts = RestartsNow + 1,
        WasAway = false,
        BasePause = Longer(RelistPause, RestartsNow),
    };

    /// <summary>A call failed.</summary>
    /// <param name="isAnswered">The API server said so: it is there.</param>
    public WatchCursor Failed(bool isAnswered) => this with
    {
        // What is served may have changed with the fault's cause.
        Next = WatchStep.Discover,
        Failures = Failures + 1,
        WasAway = WasAway || !isAnswered,
        BasePause = Longer(FirstPause, Failures),
    };

    /// <summary>The API server is back after it was away: what failed before says nothing about it any more.</summary>
    public WatchCursor Returned() => this with { Failures = 0, Restarts = 0, WasAway = false, BasePause = FirstPause };

    /// <summary>How long to wait before the next step.</summary>
    /// <param name="jitter">From 0 to 1: spreads what many watchers do.</param>
    public TimeSpan Pause(double jitter) => BasePause * (0.5 + (jitter / 2));

    private static TimeSpan Longer(TimeSpan pause, int times)
    {
        var longer = pause * Math.Pow(2, Math.Min(times, 10));
        return longer < LongestPause ? longer : LongestPause;
    }
}

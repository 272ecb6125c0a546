namespace XdsCanary.TestKit.Cluster;

/// <summary>What a node is to be like.</summary>
public sealed record NodeOptions
{
    /// <summary>Its name.</summary>
    public string Name { get; init; } = "node-1";

    /// <summary>Its labels, besides its name and platform.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>What it can run.</summary>
    public required ImageTable Images { get; init; }

    /// <summary>How long a container that ended for the second time waits; each time after that twice as long.</summary>
    public TimeSpan FirstBackoff { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long it waits at most.</summary>
    public TimeSpan LastBackoff { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How often a container that was not ready yet is asked, if its readiness or startup probe's period is longer. A failure
    /// counts once for each period all the same.
    /// </summary>
    public TimeSpan FirstProbeInterval { get; init; } = TimeSpan.FromMilliseconds(100);
}

namespace XdsCanary.KubeRuntime.Leadership;

/// <summary>Whether this replica leads.</summary>
public enum LeadershipState
{
    /// <summary>Another replica leads, or nobody yet.</summary>
    Following,

    /// <summary>This one leads: it alone writes.</summary>
    Leading,

    /// <summary>
    /// This one led, and could not renew its lease because the API server does not answer. Nobody else is known to lead. It writes
    /// nothing, but what it has the proxies do may still be made safer.
    /// </summary>
    Detached,
}

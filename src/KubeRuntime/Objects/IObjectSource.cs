namespace XdsCanary.KubeRuntime.Objects;

/// <summary>
/// A source of declarative objects: a directory of manifests, or an API server. Level-triggered: <see cref="Changed"/> only
/// says "look again". Thread-safe.
/// </summary>
public interface IObjectSource
{
    /// <summary>What the source knows now. Empty until <see cref="HasSynced"/>.</summary>
    ObjectSet Current { get; }

    /// <summary>True once everything that existed at the start has been read; never false again.</summary>
    bool HasSynced { get; }

    /// <summary>Raised when <see cref="Current"/> or <see cref="HasSynced"/> changes; waiters never miss a change.</summary>
    ChangeSignal Changed { get; }
}

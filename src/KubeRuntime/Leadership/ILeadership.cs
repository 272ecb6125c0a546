using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.KubeRuntime.Leadership;

/// <summary>Tells whether this replica leads. Thread-safe.</summary>
public interface ILeadership
{
    /// <summary>Whether it leads.</summary>
    LeadershipState State { get; }

    /// <summary>
    /// True while it is sure that nobody else leads: ask right before each write. False when the lease may have run out, even
    /// before <see cref="State"/> says so.
    /// </summary>
    bool MayWrite { get; }

    /// <summary>Who leads, as far as is known; empty for nobody.</summary>
    string Leader { get; }

    /// <summary>
    /// The number of times that the lease has changed hands, as far as is known; of a replica that leads or is detached, by when it
    /// began to. A word of a lower term is that of a leader that has been followed by another.
    /// </summary>
    int Term { get; }

    /// <summary>Raised when <see cref="State"/> or <see cref="Leader"/> changes.</summary>
    ChangeSignal Changed { get; }
}

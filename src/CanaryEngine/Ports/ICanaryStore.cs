using XdsCanary.CanaryEngine.Core;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Ports;

/// <summary>Keeps what is remembered of canaries. Thread-safe for different canaries.</summary>
public interface ICanaryStore
{
    /// <summary>What is remembered of a canary; empty for one that nothing is known of.</summary>
    /// <param name="key">The canary.</param>
    CanaryStatus StatusOf(NamespacedName key);

    /// <summary>The last events of a canary, oldest first.</summary>
    /// <param name="key">The canary.</param>
    EquatableArray<CanaryEvent> EventsOf(NamespacedName key);

    /// <summary>Remembers a status together with the events that led to it; on return both outlive the process.</summary>
    /// <param name="spec">The canary.</param>
    /// <param name="status">Its status.</param>
    /// <param name="events">What happened, in order.</param>
    /// <param name="isLasting">False when nothing changed that a restart would miss: then it need not outlive the process.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask SaveAsync(
        CanarySpec spec,
        CanaryStatus status,
        IReadOnlyList<CanaryEvent> events,
        bool isLasting,
        CancellationToken cancellationToken);
}

/// <summary>Keeps events that no decision comes with. Thread-safe.</summary>
public interface ICanaryEventLog
{
    /// <summary>Keeps an event.</summary>
    /// <param name="key">The canary.</param>
    /// <param name="canaryEvent">What happened.</param>
    ValueTask AppendAsync(NamespacedName key, CanaryEvent canaryEvent);
}

/// <summary>Tells how far the objects have reached the proxies' control plane. Thread-safe.</summary>
public interface IPublishedObjects
{
    /// <summary>The revision of the object set that the published snapshots are made of.</summary>
    long Revision { get; }
}

using System.Collections.Immutable;
using XdsCanary.XdsServer.Snapshots;

namespace XdsCanary.XdsServer.Protocol;

/// <summary>A resource that the snapshot no longer has and the client is still to be told about.</summary>
/// <param name="Name">The resource's name.</param>
/// <param name="Resource">Its last version; null when only the client's claim to hold it is known.</param>
internal sealed record HeldRemoval(string Name, VersionedResource? Resource);

/// <summary>A response that the client has not answered yet.</summary>
/// <param name="Nonce">Its nonce.</param>
/// <param name="Version">Its version.</param>
/// <param name="SentAt">When it was sent, on the stream's clock.</param>
/// <param name="Weights">The weights of the snapshot it came from.</param>
/// <param name="Resources">The resources that it held, save those that only wait to be removed.</param>
/// <param name="Introduced">Names that it gave the client for the first time, or anew on request.</param>
/// <param name="Awaited">False when clients may leave it without an answer, so that nothing of the type waits for one.</param>
internal sealed record OutstandingResponse(
    string Nonce,
    string Version,
    TimeSpan SentAt,
    RoutedWeights Weights,
    ImmutableArray<VersionedResource> Resources,
    NameSet Introduced,
    bool Awaited);

/// <summary>The client's last rejection of a response, until it accepts another one.</summary>
/// <param name="Version">The version it rejected.</param>
/// <param name="Reason">Code and message.</param>
/// <param name="At">When, on the stream's clock.</param>
/// <param name="Streak">How many responses it has rejected in a row.</param>
internal sealed record NackRecord(string Version, Rejection Reason, TimeSpan At, int Streak);

/// <summary>Running totals of one type on one stream, for people to look at.</summary>
/// <param name="Responses">Responses sent.</param>
/// <param name="Resources">Resources in them.</param>
/// <param name="Removed">Removed names in them.</param>
/// <param name="Acks">Responses accepted.</param>
/// <param name="Nacks">Responses rejected.</param>
internal readonly record struct TypeTotals(long Responses, long Resources, long Removed, long Acks, long Nacks);

/// <summary>
/// One type on one stream. Immutable. What the client holds is told by <see cref="Sent"/> and <see cref="Subscription"/>
/// together, save for the names in <see cref="Owed"/> and <see cref="Held"/>; no table of versions per stream is needed.
/// A rejected response counts as sent: identical bytes are never sent again, the next difference is.
/// </summary>
/// <param name="Type">The type.</param>
internal sealed record TypeState(ResourceType Type)
{
    /// <summary>What the stream wants.</summary>
    public Subscription Subscription { get; init; } = Subscription.None;

    /// <summary>The set of resources that the client was last brought up to.</summary>
    public TypedResources Sent { get; init; } = Type.NoResources;

    /// <summary>Names to be sent (or reported missing) whatever the client holds.</summary>
    public NameSet Owed { get; init; } = NameSet.Empty;

    /// <summary>True when a response is due even if it turns out empty.</summary>
    public bool AnswerOwed { get; init; }

    /// <summary>
    /// Version by name that a reconnecting delta client claims to hold; waits here for the first snapshot, then is dropped.
    /// </summary>
    public IReadOnlyDictionary<string, string>? Claims { get; init; }

    /// <summary>Removals that wait for routes and listeners, sorted by name.</summary>
    public ImmutableArray<HeldRemoval> Held { get; init; } = [];

    /// <summary>Since when <see cref="Held"/> is not empty, on the stream's clock.</summary>
    public TimeSpan HeldSince { get; init; }

    /// <summary>Since when routes wait for clusters, on the stream's clock; null while they do not.</summary>
    public TimeSpan? GatedSince { get; init; }

    /// <summary>The nonce of the last response; empty before the first.</summary>
    public string LastNonce { get; init; } = string.Empty;

    /// <summary>The response that was not answered yet.</summary>
    public OutstandingResponse? Outstanding { get; init; }

    /// <summary>The version accepted last; null before the first.</summary>
    public string? AckedVersion { get; init; }

    /// <summary>When the last response was accepted, on the stream's clock; null before the first.</summary>
    public TimeSpan? AckedAt { get; init; }

    /// <summary>The weights of the newest snapshot of which the client accepted all that it wants of this type.</summary>
    public RoutedWeights? AckedWeights { get; init; }

    /// <summary>Names that came in a rejected response and in no accepted one since: the client goes on with what it had.</summary>
    public NameSet Rejected { get; init; } = NameSet.Empty;

    /// <summary>The last rejection; null once a later response was accepted.</summary>
    public NackRecord? Nack { get; init; }

    /// <summary>Running totals.</summary>
    public TypeTotals Totals { get; init; }

    /// <summary>True while a response of this type should not be followed by another.</summary>
    /// <param name="now">The stream's clock.</param>
    /// <param name="settings">Gives the time limit.</param>
    public bool IsPending(TimeSpan now, ProtocolSettings settings) =>
        Outstanding is { Awaited: true } outstanding && now < outstanding.SentAt + settings.AckTimeout;
}

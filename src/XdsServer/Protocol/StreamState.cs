using System.Collections.Immutable;
using XdsCanary.XdsServer.Snapshots;

namespace XdsCanary.XdsServer.Protocol;

/// <summary>The two forms of the protocol.</summary>
internal enum XdsVariant
{
    /// <summary>State of the world: <c>StreamAggregatedResources</c>.</summary>
    Sotw,

    /// <summary>Incremental: <c>DeltaAggregatedResources</c>.</summary>
    Delta,
}

/// <summary>
/// Everything that one stream's conversation has come to. Immutable: <see cref="StreamRequests"/> and
/// <see cref="PushPlanner"/> are functions from one state to the next.
/// </summary>
/// <param name="Variant">The form of the protocol.</param>
/// <param name="Settings">The free choices.</param>
/// <param name="OpenedAt">When the stream was opened, on the stream's clock.</param>
internal sealed record StreamState(XdsVariant Variant, ProtocolSettings Settings, TimeSpan OpenedAt)
{
    /// <summary>The types asked for so far, in push order.</summary>
    public ImmutableArray<TypeState> Types { get; init; } = [];

    /// <summary>The newest snapshot known; null while there is none: then nothing is sent, not even an empty set.</summary>
    public XdsSnapshot? Snapshot { get; init; }

    /// <summary>
    /// Endpoints of clusters that were sent before the client told which endpoints it holds: it waits for them even if it holds
    /// them (delta only, see <see cref="ClaimResolver"/>).
    /// </summary>
    public NameSet Warming { get; init; } = NameSet.Empty;

    /// <summary>The last nonce given out; nonces count up over the whole stream.</summary>
    public long LastNonce { get; init; }

    /// <summary>Finds the state of a type.</summary>
    /// <param name="type">The type.</param>
    /// <returns>The state, or null when the stream never asked for the type.</returns>
    public TypeState? Find(ResourceType type)
    {
        foreach (var state in Types)
        {
            if (state.Type.Equals(type))
            {
                return state;
            }
        }

        return null;
    }

    /// <summary>Puts a type's new state in the place of its old one, or adds it.</summary>
    /// <param name="state">The new state.</param>
    public StreamState With(TypeState state)
    {
        for (var i = 0; i < Types.Length; i++)
        {
            var order = Types[i].Type.CompareTo(state.Type);
            if (order == 0)
            {
                return ReferenceEquals(Types[i], state) ? this : this with { Types = Types.SetItem(i, state) };
            }

            if (order > 0)
            {
                return this with { Types = Types.Insert(i, state) };
            }
        }

        return this with { Types = Types.Add(state) };
    }
}

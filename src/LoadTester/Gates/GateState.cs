using System.Collections.Immutable;

namespace XdsCanary.LoadTester.Gates;

/// <summary>What a gate lets pass.</summary>
internal enum GateKind
{
    /// <summary>A canary's next step.</summary>
    Gate,

    /// <summary>A rollback.</summary>
    Rollback,
}

/// <summary>An opened gate.</summary>
/// <param name="Kind">What it lets pass.</param>
/// <param name="Canary">Whose.</param>
/// <param name="Hook">The hook that may pass; empty for the one that asks next.</param>
/// <param name="Checksum">The revision that may pass; empty for the one that asks next.</param>
internal sealed record OpenGate(GateKind Kind, string Canary, string Hook, string Checksum)
{
    /// <summary>True when it belongs to the same canary and purpose, and does not name another hook or revision.</summary>
    public bool Fits(OpenGate asked) =>
        Kind == asked.Kind
        && Canary == asked.Canary
        && (Hook.Length == 0 || asked.Hook.Length == 0 || Hook == asked.Hook)
        && (Checksum.Length == 0 || asked.Checksum.Length == 0 || Checksum == asked.Checksum);
}

/// <summary>
/// All opened gates. A gate counts for one hook and one revision (H-33): when it was opened for no one in particular, the first
/// that asks takes it. Pure.
/// </summary>
/// <param name="Open">The gates, in the order in which they were opened.</param>
internal sealed record GateState(ImmutableArray<OpenGate> Open)
{
    private const int MostOfCanary = 16;

    /// <summary>No gate is open.</summary>
    public static GateState Empty { get; } = new(ImmutableArray<OpenGate>.Empty);

    /// <summary>Opens a gate.</summary>
    /// <param name="gate">Which.</param>
    public GateState With(OpenGate gate)
    {
        if (Open.Contains(gate))
        {
            return this;
        }

        // Revisions come and go; nobody asks for the old ones again.
        var others = Open.Where(other => other.Kind == gate.Kind && other.Canary == gate.Canary).ToArray();
        var kept = others.Length < MostOfCanary ? Open : Open.Remove(others[0]);
        return new GateState(kept.Add(gate));
    }

    /// <summary>Closes what a request names: with a hook or a revision only theirs, else all of the canary.</summary>
    /// <param name="gate">The request.</param>
    public GateState Without(OpenGate gate) => new(Open.RemoveAll(other => other.Fits(gate)));

    /// <summary>Asks whether a hook may pass.</summary>
    /// <param name="asked">Who asks, for which revision; without a revision it is a question that takes nothing.</param>
    /// <returns>The answer, and what is open afterwards.</returns>
    public (bool IsOpen, GateState After) Ask(OpenGate asked)
    {
        if (!Open.Any(gate => gate.Fits(asked)))
        {
            return (false, this);
        }

        if (asked.Checksum.Length == 0)
        {
            return (true, this);
        }

        // Opened twice by mistake is opened once: all that fit are taken, so that none is left for the next revision.
        var taken = Open.Select(gate => gate.Fits(asked) ? asked : gate).Distinct();
        return (true, new GateState([.. taken]));
    }
}

namespace XdsCanary.LoadTester.Gates;

/// <summary>Reads from a payload which gate it is about.</summary>
internal static class GateQuestion
{
    private const string HookName = "hook";
    private const string ChecksumName = "checksum";

    /// <summary>The gate that a person opens or closes.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="payload">What the person says.</param>
    public static OpenGate Named(GateKind kind, HookPayload payload) => new(
        kind,
        payload.Canary,
        payload.Hook.Length > 0 ? payload.Hook : payload.Meta(HookName),
        payload.Checksum.Length > 0 ? payload.Checksum : payload.Meta(ChecksumName));

    /// <summary>The gate that a hook asks for.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="payload">What the hook says.</param>
    public static OpenGate Asked(GateKind kind, HookPayload payload)
    {
        var gate = Named(kind, payload);
        return gate.Hook.Length > 0 || kind == GateKind.Rollback ? gate : gate with { Hook = HookOf(payload.Phase) };
    }

    // Flagger does not say which hook asks. Before a run only confirm-rollout does; whoever approved the start has not approved
    // the promotion. A caller without a phase is a person who looks.
    private static string HookOf(string phase) => phase switch
    {
        "" => string.Empty,
        "Progressing" or "WaitingPromotion" or "Promoting" => "in-run",
        _ => "before-run",
    };
}

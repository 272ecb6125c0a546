namespace XdsCanary.CanaryEngine.Core;

/// <summary>The canary engine's decisions: a function of what is wanted, remembered and observed. Pure and deterministic.</summary>
public static class CanaryMachine
{
    /// <summary>Decides what to do next.</summary>
    /// <param name="spec">What is wanted.</param>
    /// <param name="status">What is remembered.</param>
    /// <param name="facts">What is observed.</param>
    /// <returns>A <see cref="Decision"/>, or an <see cref="Ask"/> for facts that are missing.</returns>
    public static Outcome Decide(CanarySpec spec, CanaryStatus status, Facts facts)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(status);
        ArgumentNullException.ThrowIfNull(facts);
        return new Decision(status, [], [], null);
    }
}

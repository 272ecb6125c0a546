using System.Globalization;

namespace XdsCanary.Kubernetes.Tests.Canaries;

/// <summary>When in a run a disturbance began.</summary>
/// <param name="Disturbance">The disturbance.</param>
/// <param name="After">How long after the release, when it was done.</param>
/// <param name="At">The same by the clock.</param>
/// <param name="Phase">The phase that the canary was in.</param>
internal sealed record ChaosMoment(Disturbance Disturbance, TimeSpan After, DateTimeOffset At, string Phase)
{
    /// <summary>
    /// True when it disturbed a run. The new revision is there before any disturbance: what finds it undetected disturbs its detection.
    /// </summary>
    /// <param name="end">When the run ended.</param>
    public bool IsWithin(DateTimeOffset end) =>
        At < end && Phase is "Initialized" or "Progressing" or "WaitingPromotion" or "Promoting" or "Finalising";

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Disturbance.What} at {After.TotalSeconds:0.0} s ({Phase}) for {Disturbance.Lasts.TotalSeconds:0.0} s");
}

namespace XdsCanary.CanaryEngine.Core;

/// <summary>An event that was told of a canary.</summary>
/// <param name="First">When it was told first.</param>
/// <param name="Last">When it was told last.</param>
/// <param name="Count">How often, without others in between.</param>
/// <param name="IsWarning">A warning, not a normal one.</param>
/// <param name="Text">What happened.</param>
/// <param name="Phase">The phase then.</param>
public sealed record CanaryEvent(
    DateTimeOffset First, DateTimeOffset Last, int Count, bool IsWarning, string Text, CanaryPhase Phase);

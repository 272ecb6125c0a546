namespace XdsCanary.Kubernetes.Tests.Canaries;

/// <summary>What something was from a time on.</summary>
/// <param name="At">Since when.</param>
/// <param name="Value">What it was.</param>
internal readonly record struct Seen<T>(DateTimeOffset At, T Value);

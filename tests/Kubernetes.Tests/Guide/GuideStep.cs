namespace XdsCanary.Kubernetes.Tests.Guide;

/// <summary>One block of commands of the guide.</summary>
/// <param name="Line">Its line in the guide.</param>
/// <param name="Heading">The heading above it.</param>
/// <param name="Commands">The text that bash gets.</param>
/// <param name="Expected">What the output is to contain.</param>
/// <param name="IsRepeated">Whether it may be run again until the output is as expected, as a person would look again.</param>
/// <param name="NotRun">Why it is not run; null when it is.</param>
public sealed record GuideStep(
    int Line, string Heading, string Commands, ExpectedOutput Expected, bool IsRepeated, string? NotRun);

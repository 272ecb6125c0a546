namespace XdsCanary.Kubernetes.Tests.Guide;

/// <summary>What came of a step.</summary>
/// <param name="Step">The step.</param>
/// <param name="Output">Everything it printed.</param>
/// <param name="ExitCode">The exit code of bash.</param>
/// <param name="Took">How long it took, repetitions included.</param>
public sealed record GuideRecord(GuideStep Step, string Output, int ExitCode, TimeSpan Took)
{
    /// <summary>What is wrong with it; null when nothing is.</summary>
    public string? Fault =>
        ExitCode != 0 ? $"exit code {ExitCode}"
        : Step.Expected.Missing(Output) is { } line ? $"the output has no line '{line}' where the guide has it"
        : null;
}

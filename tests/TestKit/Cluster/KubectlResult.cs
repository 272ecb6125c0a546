namespace XdsCanary.TestKit.Cluster;

/// <summary>What a run of kubectl came to.</summary>
/// <param name="ExitCode">0 when it did what was asked.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Error">Its standard error.</param>
public sealed record KubectlResult(int ExitCode, string Output, string Error);

namespace XdsCanary.LoadTester.Tasks;

/// <summary>What a task came to.</summary>
/// <param name="Passed">Whether it went well.</param>
/// <param name="Output">What it printed, cut.</param>
/// <param name="Reason">Why it did not go well; empty when it did.</param>
/// <param name="ContentType">The type of the output.</param>
internal sealed record TaskResult(
    bool Passed, string Output, string Reason = "", string ContentType = "text/plain; charset=utf-8");

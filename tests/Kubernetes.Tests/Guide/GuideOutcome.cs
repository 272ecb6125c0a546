namespace XdsCanary.Kubernetes.Tests.Guide;

/// <summary>What came of a run of the guide.</summary>
public sealed record GuideOutcome
{
    /// <summary>The steps in order; after one with a fault no other was run.</summary>
    public required IReadOnlyList<GuideRecord> Records { get; init; }

    /// <summary>What the canary's events said before the chart was uninstalled, oldest first.</summary>
    public required IReadOnlyList<string> Told { get; init; }

    /// <summary>What service accounts of the namespace asked the API server before the chart was uninstalled.</summary>
    public required IReadOnlyList<AuditedRequest> Requests { get; init; }

    /// <summary>What an Envoy of the test's own answered before the chart was uninstalled, and after.</summary>
    public required IReadOnlyList<int> AnswersOfOwnEnvoy { get; init; }

    /// <summary>How long all of it took, cluster included.</summary>
    public required TimeSpan Took { get; init; }

    /// <summary>Ends the test when a step had a fault.</summary>
    public void AssertWhole()
    {
        var last = Records[^1];
        Assert.True(
            last.Fault is null,
            $"docs/guide.md, line {last.Step.Line} ({last.Step.Heading}): {last.Fault}\n\n{last.Step.Commands}\n\n{last.Output}");
    }
}

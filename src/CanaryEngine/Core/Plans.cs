namespace XdsCanary.CanaryEngine.Core;

/// <summary>Makes the plan of a run from the analysis as it is written when the run starts. Pure.</summary>
internal static class Plans
{
    /// <summary>The provider that moves no traffic.</summary>
    public const string Kubernetes = "kubernetes";

    private const int KubernetesIterations = 10;

    /// <summary>Makes the plan.</summary>
    /// <param name="spec">The canary.</param>
    public static RunPlan Of(CanarySpec spec)
    {
        var analysis = spec.Analysis;
        if (spec.Provider == Kubernetes)
        {
            var iterations = analysis.Iterations > 0 ? analysis.Iterations : KubernetesIterations;
            return new RunPlan(CanaryStrategy.BlueGreen, [], iterations, Mirror: false, PromotionStep: 0, MovesTraffic: false);
        }

        return new RunPlan(
            analysis.Strategy,
            analysis.Strategy == CanaryStrategy.Canary ? Steps(analysis) : [],
            analysis.Iterations,
            analysis.Mirror,
            analysis.StepWeightPromotion);
    }

    /// <summary>What to say about a plan that differs from what is written.</summary>
    /// <param name="spec">The canary.</param>
    public static IEnumerable<string> Remarks(CanarySpec spec)
    {
        if (spec.Provider == Kubernetes && !spec.SkipAnalysis)
        {
            if (spec.Analysis.Strategy == CanaryStrategy.AbTesting)
            {
                yield return "A/B testing is not supported when using the kubernetes provider";
            }

            if (spec.Analysis.Iterations < 1)
            {
                yield return "Progressive traffic is not supported when using the kubernetes provider";
                yield return $"Setting canaryAnalysis.iterations: {KubernetesIterations}";
            }
        }
    }

    private static EquatableArray<int> Steps(AnalysisSpec analysis)
    {
        if (analysis.StepWeights.Count > 0)
        {
            return analysis.StepWeights.Select(weight => Math.Min(weight, 100)).Distinct().ToEquatableArray();
        }

        // The last step is cut to the maximum: a canary never gets more than was allowed.
        var step = Math.Max(1, analysis.StepWeight);
        return Enumerable.Range(1, (analysis.MaxWeight + step - 1) / step)
            .Select(index => Math.Min(index * step, analysis.MaxWeight))
            .ToEquatableArray();
    }
}

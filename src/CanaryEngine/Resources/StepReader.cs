using System.Collections.Immutable;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.KubeRuntime.Documents;

namespace XdsCanary.CanaryEngine.Resources;

/// <summary>Reads which traffic a revision gets while it is judged: weights, iterations and mirroring.</summary>
internal static class StepReader
{
    /// <summary>The most checks that any number of them may ask for: more is a slip.</summary>
    public const int MostChecks = 1_000_000;

    private static readonly string[] Ways = ["iterations", "stepWeight", "stepWeights"];

    /// <summary>Reads the steps.</summary>
    /// <param name="analysis">The analysis.</param>
    /// <param name="hasMatch">It names the requests that it is about.</param>
    /// <param name="isSkipped">No steps are needed.</param>
    /// <param name="findings">Collects faults and notes.</param>
    /// <returns>An analysis of which only the steps are set.</returns>
    public static AnalysisSpec Read(NodeReader analysis, bool hasMatch, bool isSkipped, Findings findings)
    {
        CheckWays(analysis, isSkipped);
        var iterations = analysis.Field("iterations").Whole(1, MostChecks) ?? 0;
        var weights = ReadWeights(analysis.Field("stepWeights"));
        var stepWeight = analysis.Field("stepWeight").Whole(1, 100) ?? 0;
        if (isSkipped && iterations == 0 && stepWeight == 0 && weights.IsEmpty)
        {
            weights = [100];
        }

        var written = ReadMaxWeight(analysis, findings);
        var isMirrored = analysis.Field("mirror").Boolean() ?? false;
        if (!isMirrored)
        {
            findings.NoteUnused(analysis.Field("mirrorWeight"), "'mirror: true' is not given");
        }

        return new AnalysisSpec
        {
            Strategy = (iterations > 0, hasMatch) switch
            {
                (true, true) => CanaryStrategy.AbTesting,
                (true, false) => CanaryStrategy.BlueGreen,
                _ => CanaryStrategy.Canary,
            },
            Interval = default,
            Threshold = 1,
            Iterations = iterations,
            StepWeight = stepWeight,
            StepWeights = weights,
            MaxWeight = weights.IsEmpty ? written ?? 100 : weights[^1],
            WrittenMaxWeight = written ?? 0,
            StepWeightPromotion = analysis.Field("stepWeightPromotion").Whole(0, 100) ?? 0,
            Mirror = isMirrored,
            MirrorWeight = analysis.Field("mirrorWeight").Whole(1, 100) ?? 100,
            Inconclusive = new InconclusiveLimits(1, 1, 1),
        };
    }

    private static void CheckWays(NodeReader analysis, bool isSkipped)
    {
        string[] given = [.. Ways.Where(name => analysis.Field(name).Exists)];
        if (given.Length == 0 && !isSkipped && analysis.Node is MappingNode)
        {
            analysis.Report(
                "has none of iterations, stepWeight and stepWeights",
                "Write one of them, for example 'stepWeight: 10' for ten percent more at each step");
        }

        foreach (var name in given.Skip(1))
        {
            analysis.Field(name).Report(
                $"cannot be given together with {given[0]}",
                given[0] == "iterations"
                    ? $"Remove it for checks without growing weights, or remove iterations to grow by {name}"
                    : $"Remove it to grow by {given[0]}, or remove {given[0]}");
        }
    }

    private static ImmutableArray<int> ReadWeights(NodeReader field)
    {
        var items = field.Items();
        if (field.Node is SequenceNode && items.Count == 0)
        {
            field.Report("is empty", "List the weights one after another, rising, such as [1, 5, 20, 50]");
        }

        var weights = ImmutableArray.CreateBuilder<int>(items.Count);
        foreach (var item in items)
        {
            if (!item.Exists)
            {
                item.Report("is empty", "Write a weight, or remove the item");
            }

            // A last weight above 100 is how some say 'all of it'.
            if (item.Whole(1, int.MaxValue) is not { } written)
            {
                continue;
            }

            var weight = Math.Min(written, 100);
            if (weights.Count > 0 && weight <= weights[^1])
            {
                item.Report(
                    $"must be greater than the weight before it, {weights[^1]}, not {item.Shown()}",
                    weights[^1] == 100 ? "Remove it; the weight before it is all of the traffic" : "Write the weights in rising order");
            }

            weights.Add(weight);
        }

        return weights.ToImmutable();
    }

    private static int? ReadMaxWeight(NodeReader analysis, Findings findings)
    {
        var field = analysis.Field("maxWeight");
        if (field.Exists && analysis.Field("stepWeights").Exists)
        {
            field.Report("has no effect beside stepWeights", "Remove it; the last of stepWeights is the maximum");
        }
        else if (!analysis.Field("stepWeight").Exists && analysis.Field("iterations").Exists)
        {
            findings.NoteUnused(field, "iterations have no weights");
        }

        return field.Whole(1, 100);
    }
}

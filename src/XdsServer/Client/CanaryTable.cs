using System.Globalization;
using XdsCanary.XdsServer.Admin;

namespace XdsCanary.XdsServer.Client;

/// <summary>Writes canaries as <c>kubectl get canaries</c> does (`spec/flagger.md` 1.1). Pure.</summary>
internal static class CanaryTable
{
    /// <summary>Writes the table.</summary>
    /// <param name="canaries">The canaries.</param>
    /// <param name="isWide">With the columns of <c>-o wide</c>.</param>
    /// <param name="withNamespace">With the namespace.</param>
    public static string Write(IEnumerable<CanaryStatusView> canaries, bool isWide, bool withNamespace)
    {
        string[] heading = ["NAME", "STATUS", "WEIGHT", .. isWide ? Wide : [], "LASTTRANSITIONTIME"];
        var rows = new List<string[]> { Row(withNamespace ? "NAMESPACE" : null, heading) };
        rows.AddRange(canaries.Select(canary => Row(
            withNamespace ? canary.Namespace : null,
            [
                canary.Name, canary.Phase, Number(canary.CanaryWeight), .. isWide ? WideOf(canary) : [],
                canary.LastTransitionTime is { } at ? Times.Write(at) : string.Empty,
            ])));
        return TextTable.Write(rows);
    }

    private static readonly string[] Wide =
        ["SUSPENDED", "FAILEDCHECKS", "INTERVAL", "MIRROR", "STEPWEIGHT", "STEPWEIGHTS", "MAXWEIGHT"];

    private static string[] Row(string? ns, string[] cells) => ns is null ? cells : [ns, .. cells];

    // What is not written in the object stays empty.
    private static string[] WideOf(CanaryStatusView canary) =>
    [
        canary.Spec?.Suspend == true ? "true" : string.Empty,
        Number(canary.FailedChecks),
        canary.Spec?.Interval ?? string.Empty,
        canary.Spec?.Mirror == true ? "true" : string.Empty,
        Given(canary.Spec?.StepWeight),
        canary.Spec is { StepWeights.IsDefaultOrEmpty: false } spec ? $"[{string.Join(',', spec.StepWeights)}]" : string.Empty,
        Given(canary.Spec?.MaxWeight),
    ];

    private static string Given(int? value) => value is { } number and not 0 ? Number(number) : string.Empty;

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}

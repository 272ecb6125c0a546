using System.Text.RegularExpressions;
using XdsCanary.TestKit;

namespace XdsCanary.Kubernetes.Tests.Guide;

/// <summary>The guide does what it says, with no right too few and none too many.</summary>
public sealed partial class GuideTests(GuideRun guide) : IClassFixture<GuideRun>
{
    private const string Server = "system:serviceaccount:test:xds-canary";
    private const string Configuration = "a target that refers to a ConfigMap or Secret";
    private const string DaemonSet = "a target that is a DaemonSet";
    private const string Autoscaler = "a canary with autoscalerRef";

    /// <summary>Rights that a run of the guide has no use for, and who has.</summary>
    private static readonly Dictionary<string, string> Unused = new()
    {
        ["create configmaps"] = Configuration,
        ["update configmaps"] = Configuration,
        ["delete configmaps"] = Configuration,
        ["create secrets"] = Configuration,
        ["update secrets"] = Configuration,
        ["delete secrets"] = Configuration,
        ["get daemonsets.apps"] = DaemonSet,
        ["create daemonsets.apps"] = DaemonSet,
        ["patch daemonsets.apps"] = DaemonSet,
        ["update daemonsets.apps"] = DaemonSet,
        ["create horizontalpodautoscalers.autoscaling"] = Autoscaler,
        ["update horizontalpodautoscalers.autoscaling"] = Autoscaler,
        ["patch events.events.k8s.io"] = "an event that repeats the one before",
        ["patch services"] = "a Service that was there before its canary, whose selector and ports are applied",
        ["update services"] = "a canary whose Services somebody has changed, or that hands its Service back",
        ["create trafficsplits.split.smi-spec.io"] = "the API server asks for it when a missing object is applied; its log says patch",
        ["patch canaries.flagger.app"] = "a canary with revertOnDeletion, for its finalizer",
        ["update canaries/finalizers.flagger.app"] = "the admission plugin OwnerReferencesPermissionEnforcement, where it is on",
    };

    private static readonly string[] Initialised =
    [
        "Normal all the metrics providers are available!", "Normal Initialization done! podinfo.test",
    ];

    private static readonly string[] Started =
    [
        "Normal New revision detected! Scaling up podinfo.test", "Normal Starting canary analysis for podinfo.test",
        "Normal Pre-rollout check acceptance-test passed", "Normal Advance podinfo.test canary weight 5",
    ];

    private static readonly string[] Promoted =
    [
        .. Started,
        .. Enumerable.Range(2, 9).Select(step => $"Normal Advance podinfo.test canary weight {5 * step}"),
        "Normal Copying podinfo.test template spec to podinfo-primary.test", "Normal Routing all traffic to primary",
        "Normal Promotion completed! Scaling down podinfo.test",
    ];

    [Fact(Explicit = true)]
    public async Task E2E_01_E2E_04_E2E_05_every_command_of_the_guide_prints_what_the_guide_says()
    {
        var outcome = await guide.GetAsync();

        Figures.Record($"guide: {outcome.Records.Count} steps in {outcome.Took.TotalSeconds:0} s");
        outcome.AssertWhole();
    }

    [Fact(Explicit = true)]
    public async Task E2E_04_the_canary_tells_the_events_of_flagger_in_their_order()
    {
        var outcome = await guide.GetAsync();

        outcome.AssertWhole();
        var told = outcome.Told.Where(text => !text.Contains(" not ready: ", StringComparison.Ordinal)).Select(Shape).ToList();

        // A first check may come before Prometheus has seen the fault, or look back at the version before.
        var end = told.IndexOf(Promoted[^1]);
        told = [.. told.Where((text, index) => index < end || text != Promoted[Started.Length])];
        var first = told.LastIndexOf(Started[^1]) + 1;
        told[first] = told[first].Replace("success rate # < 99%", "request duration # > 500ms", StringComparison.Ordinal);
        Assert.Equal([.. Initialised, .. Promoted, .. RolledBack("success rate # < 99%"), .. RolledBack("request duration # > 500ms")], told);
    }

    [Fact(Explicit = true)]
    public async Task No_request_of_the_chart_is_refused_for_lack_of_a_right()
    {
        var outcome = await guide.GetAsync();

        outcome.AssertWhole();
        Assert.Contains(outcome.Requests, request => request.User == Server);
        Assert.DoesNotContain(outcome.Requests, request => request.Code == 403);
    }

    [Fact(Explicit = true)]
    public async Task Every_right_of_the_server_is_used_or_has_a_reason()
    {
        var outcome = await guide.GetAsync();

        outcome.AssertWhole();
        var used = outcome.Requests.Where(request => request.User == Server).Select(request => request.Right).ToHashSet();
        Assert.Empty(outcome.Rights.Where(right => !used.Contains(right)).Select(right => right.ToString()).Except(Unused.Keys));
        Assert.Empty(Unused.Keys.Except(outcome.Rights.Select(right => right.ToString())));
    }

    [Fact(Explicit = true)]
    public async Task Uninstalling_leaves_an_Envoy_that_is_still_running_its_routes()
    {
        var outcome = await guide.GetAsync();

        outcome.AssertWhole();
        Assert.Equal([200, 200], outcome.AnswersOfOwnEnvoy);
    }

    // As recorded of Flagger 1.44.0; its events end with the hooks that are not in the guide.
    private static string[] RolledBack(string reason) =>
    [
        .. Started,
        .. Enumerable.Repeat($"Warning Halt podinfo.test advancement {reason}", 5),
        "Warning Rolling back podinfo.test failed checks threshold reached 5", "Warning Canary failed! Scaling down podinfo.test",
    ];

    private static string Shape(string told) => Measured().Replace(told, "#");

    [GeneratedRegex("(?<=success rate |request duration )[^ ]+")]
    private static partial Regex Measured();
}

using System.Collections.Immutable;
using System.Text.Json.Nodes;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Kubernetes.Objects;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.KubeRuntime.Api;

namespace XdsCanary.CanaryEngine.Kubernetes;

/// <summary>
/// Deployments and DaemonSets as targets: the canary is the target itself, scaled up for a run; the primary is a workload of ours
/// with the template that was promoted last. Each effect can be done again without harm. Thread-safe for different canaries.
/// </summary>
/// <param name="objects">The cluster.</param>
/// <param name="targets">Looks at targets.</param>
/// <param name="snapshots">Keeps revisions.</param>
/// <param name="services">Makes services.</param>
/// <param name="autoscalers">Makes autoscalers.</param>
/// <param name="memory">What is remembered of canaries.</param>
internal sealed class WorkloadWorld(
    ClusterObjects objects,
    TargetViews targets,
    Snapshots snapshots,
    ServiceUpkeep services,
    AutoscalerUpkeep autoscalers,
    ICanaryStore memory) : IClusterTargets
{
    private const string PreviousRevision = "xdscanary.io/previous-revision";
    private const int Attempts = 3;

    /// <inheritdoc/>
    public WorkloadFacts Observe(CanarySpec spec)
    {
        var view = Look(spec, out var problem);
        var primary = objects.Find(TargetViews.ResourceOf(spec), TargetViews.PrimaryOf(spec));
        if (view is not null && primary is not null && view.Made.Owner.IsShutOut(ObjectJson.Of(primary)))
        {
            problem = $"{primary.Key.Kind} {primary.Key.Name.Name}.{spec.Key.Namespace} belongs to another owner: "
                + "rename it, or give the target another name";
            view = null;
        }

        var primaryJson = primary is null ? null : ObjectJson.Of(primary);
        var status = memory.StatusOf(spec.Key);
        var served = ReadinessOf(spec, primaryJson, spec.Analysis.PrimaryReadyThreshold) with { Revision = RevisionOf(primaryJson, view) };
        var next = ReadinessOf(spec, view?.Json, spec.Analysis.CanaryReadyThreshold) with { Revision = view?.Revision ?? string.Empty };
        return new WorkloadFacts(
            new TargetFact(view?.Revision, problem),
            EndpointWait.OfPrimary(objects, status, spec.Primary, primaryJson, served),
            EndpointWait.OfTarget(objects, status, spec.Canary, view?.Json, next));
    }

    /// <inheritdoc/>
    public async Task EnsurePrimaryAsync(CanarySpec spec, CancellationToken cancellationToken)
    {
        var view = targets.Of(spec);
        await services.EnsureBackendsAsync(view.Made, view.Template, cancellationToken);
        if (objects.Find(TargetViews.ResourceOf(spec), TargetViews.PrimaryOf(spec)) is null)
        {
            var (template, revision) = await FirstTemplateAsync(spec, view, cancellationToken);
            await objects.CreateAsync(
                TargetViews.ResourceOf(spec),
                spec.Key.Namespace,
                PrimaryWorkload.Make(view.Made, view.Json, template, revision),
                cancellationToken);
        }

        await autoscalers.EnsureAsync(view, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task StartAsync(CanarySpec spec, string revision, CancellationToken cancellationToken)
    {
        var view = targets.Of(spec);
        if (view.Revision != revision)
        {
            throw new WorkloadException($"{spec.Target.Name} has changed again");
        }

        await snapshots.KeepAsync(view, cancellationToken);
        var primary = objects.Find(TargetViews.ResourceOf(spec), TargetViews.PrimaryOf(spec));
        await objects.PatchAsync(
            TargetViews.ResourceOf(spec),
            TargetViews.NameOf(spec),
            TargetScale.Start(view.Json, primary is null ? null : ObjectJson.Of(primary), autoscalers.Of(spec)),
            cancellationToken);
    }

    /// <inheritdoc/>
    public async Task PromoteAsync(CanarySpec spec, string revision, CancellationToken cancellationToken)
    {
        var view = targets.Of(spec);
        var template = await snapshots.FindAsync(spec, revision, cancellationToken);
        if (template is null && view.Revision == revision)
        {
            // The run was begun by Flagger, which keeps nothing.
            template = await snapshots.KeepAsync(view, cancellationToken);
        }

        if (template is null)
        {
            throw new WorkloadException($"revision {revision} is not kept and not the target's any more; roll back, or retry");
        }

        var resource = TargetViews.ResourceOf(spec);
        await ChangePrimaryAsync(spec, view, async live =>
        {
            var former = PrimaryWorkload.RevisionOf(live);
            if (former == revision)
            {
                return null;
            }

            former = former.Length > 0 ? former : memory.StatusOf(spec.Key).LastPromotedSpec;
            if (former.Length > 0 && live.ObjectAt("spec", "template") is { } old)
            {
                await snapshots.KeepAsync(view.Made, former, old, cancellationToken);
            }

            return Marked(PrimaryWorkload.Promote(view.Made, live, view.Json, template, revision), former);
        }, cancellationToken);
        await autoscalers.EnsureAsync(view, cancellationToken);
    }

    /// <inheritdoc/>
    public Task RestoreAsync(CanarySpec spec, CancellationToken cancellationToken)
    {
        var view = targets.Of(spec);
        return ChangePrimaryAsync(spec, view, async live =>
        {
            var former = live.TextAt("metadata", "annotations", PreviousRevision);
            var template = await snapshots.FindAsync(spec, former, cancellationToken);
            return former.Length == 0 || template is null
                ? null
                : Marked(PrimaryWorkload.Promote(view.Made, live, view.Json, template, former), string.Empty);
        }, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task StopAsync(CanarySpec spec, CancellationToken cancellationToken)
    {
        // A target that is gone, or lacks what it is configured by, has to be stopped no less (H-08).
        if (TargetOf(spec) is not { } target)
        {
            return;
        }

        // The split may have stood before the canary did: clients without a proxy must not be led to a target that runs no pods.
        if (Look(spec, out _) is { } view)
        {
            await services.LeadToPrimaryAsync(view.Made, view.Template, cancellationToken);
        }

        await objects.PatchAsync(
            TargetViews.ResourceOf(spec), TargetViews.NameOf(spec), TargetScale.Stop(target), cancellationToken);
        if (objects.Find(TargetViews.ResourceOf(spec), TargetViews.PrimaryOf(spec)) is { } primary)
        {
            var json = ObjectJson.Of(primary);
            ImmutableHashSet<string> needed =
                [PrimaryWorkload.RevisionOf(json), json.TextAt("metadata", "annotations", PreviousRevision), memory.StatusOf(spec.Key).LastPromotedSpec];
            await snapshots.DropOthersAsync(targets.MadeFor(spec), needed.Remove(string.Empty), cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async Task HandBackAsync(CanarySpec spec, CancellationToken cancellationToken)
    {
        if (TargetOf(spec) is not { } target)
        {
            return;
        }

        var primary = objects.Find(TargetViews.ResourceOf(spec), TargetViews.PrimaryOf(spec));
        await objects.PatchAsync(
            TargetViews.ResourceOf(spec), TargetViews.NameOf(spec),
            TargetScale.HandBack(target, primary is null ? null : ObjectJson.Of(primary), autoscalers.Of(spec)),
            cancellationToken);
        if (Look(spec, out _) is { } view)
        {
            // Nobody else puts right what the canary's Service selects while the canary is being deleted.
            await services.EnsureBackendsAsync(view.Made, view.Template, cancellationToken);
        }

        var fact = EndpointWait.Of(objects, spec.Canary, TargetOf(spec), ReadinessOf(spec, TargetOf(spec), threshold: 100));
        if (fact.Readiness != Readiness.Ready)
        {
            throw new WorkloadException($"canary not ready during finalizing: {fact.Text}");
        }
    }

    /// <inheritdoc/>
    public Task HandBackApexAsync(CanarySpec spec, CancellationToken cancellationToken) =>
        services.HandBackAsync(targets.MadeFor(spec), TargetOf(spec)?.ObjectAt("spec", "template"), cancellationToken);

    /// <inheritdoc/>
    public async Task KeepUpAsync(CanarySpec spec, bool isServed, CancellationToken cancellationToken)
    {
        var view = targets.Of(spec);
        await services.EnsureBackendsAsync(view.Made, view.Template, cancellationToken);
        if (isServed)
        {
            await services.EnsureApexAsync(view.Made, view.Template, cancellationToken);
        }

        await autoscalers.MakeMissingAsync(view, cancellationToken);
    }

    /// <inheritdoc/>
    public Task EnsureApexAsync(CanarySpec spec, CancellationToken cancellationToken)
    {
        var view = targets.Of(spec);
        return services.EnsureApexAsync(view.Made, view.Template, cancellationToken);
    }

    private TargetView? Look(CanarySpec spec, out string problem)
    {
        try
        {
            problem = string.Empty;
            return targets.Of(spec);
        }
        catch (WorkloadException exception)
        {
            problem = exception.Message;
            return null;
        }
    }

    private JsonObject? TargetOf(CanarySpec spec) =>
        objects.Find(TargetViews.ResourceOf(spec), TargetViews.NameOf(spec)) is { } target ? ObjectJson.Of(target) : null;

    private static WorkloadFact ReadinessOf(CanarySpec spec, JsonObject? workload, int threshold) =>
        spec.Target.Kind == TargetKind.DaemonSet
            ? WorkloadReadiness.OfDaemonSet(workload, threshold)
            : WorkloadReadiness.OfDeployment(workload, threshold);

    private static string RevisionOf(JsonObject? primary, TargetView? view) =>
        primary is null ? string.Empty
        : PrimaryWorkload.RevisionOf(primary) is { Length: > 0 } revision ? revision
        : view?.IsCarriedBy(primary) == true ? view.Revision
        : string.Empty;

    // Of the revision that was promoted last, never of whatever the target is by now (H-09).
    private async Task<(JsonObject Template, string Revision)> FirstTemplateAsync(
        CanarySpec spec, TargetView view, CancellationToken cancellationToken)
    {
        var promoted = memory.StatusOf(spec.Key).LastPromotedSpec;
        if (promoted.Length == 0 || promoted == view.Revision)
        {
            return (await snapshots.KeepAsync(view, cancellationToken), view.Revision);
        }

        var template = await snapshots.FindAsync(spec, promoted, cancellationToken);
        return template is not null ? (template, promoted) : throw new WorkloadException(
            $"the primary is gone and its revision {promoted} is not kept: set the target back to it, or make the canary anew");
    }

    // Its controller writes it, too: what was read may be old by now.
    private async Task ChangePrimaryAsync(
        CanarySpec spec, TargetView view, Func<JsonObject, Task<JsonObject?>> change, CancellationToken cancellationToken)
    {
        var (resource, name) = (TargetViews.ResourceOf(spec), TargetViews.PrimaryOf(spec));
        for (var attempt = 1; ; attempt++)
        {
            var live = await objects.ReadAsync(resource, name, cancellationToken)
                ?? throw new WorkloadException($"{resource.Kind} {name.Name}.{name.Namespace} is gone");
            live.ObjectAt("metadata")?.Remove("managedFields");
            if (await change(live) is not { } next)
            {
                return;
            }

            try
            {
                await objects.ReplaceAsync(resource, name, next, cancellationToken);
                return;
            }
            catch (KubeException exception) when (exception.Fault == KubeFault.Conflict && attempt < Attempts)
            {
                // Read again.
            }
        }
    }

    private static JsonObject Marked(JsonObject primary, string former)
    {
        var annotations = primary.Ensure("metadata").Ensure("annotations");
        if (former.Length > 0)
        {
            annotations[PreviousRevision] = former;
        }
        else
        {
            annotations.Remove(PreviousRevision);
        }

        return primary;
    }
}

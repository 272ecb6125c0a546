using System.Runtime.CompilerServices;
using System.Text.Json;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Kubernetes.Objects;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.CanaryEngine.Resources;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Kubernetes;

/// <summary>
/// Understands the status of canaries that Flagger looked after until now. Its hashes cannot be made again (H-17): what they stand
/// for is told by the phase and by whether the primary carries the target's template, so that no new revision is imagined and a run
/// under way goes on. Thread-safe.
/// </summary>
/// <param name="targets">Looks at targets.</param>
/// <param name="objects">The cluster.</param>
/// <param name="options">How canaries are read.</param>
internal sealed class Adoption(TargetViews targets, ClusterObjects objects, MapperOptions options)
{
    // All canary weight of a promotion that failed: the analysed canary was left with the traffic.
    private const int All = 100;

    private readonly ConditionalWeakTable<SourceObject, CanaryStatus> _read = [];

    /// <summary>What is remembered of a canary.</summary>
    /// <param name="canary">The object.</param>
    public CanaryStatus StatusOf(SourceObject canary)
    {
        if (_read.TryGetValue(canary, out var known))
        {
            return known;
        }

        var json = ObjectJson.Part(canary, "status");
        if (StatusJson.IsForeign(json))
        {
            // Depends on more than this object: looked at anew until it is written.
            return Adopt(canary, StatusJson.Read(json));
        }

        var status = ReadOwn(json);
        _read.AddOrUpdate(canary, status);
        return status;
    }

    private static CanaryStatus ReadOwn(System.Text.Json.Nodes.JsonObject? json)
    {
        try
        {
            return StatusJson.Read(json);
        }
        catch (JsonException)
        {
            // Somebody edited it by hand. What Flagger's fields say is better than nothing.
            var flagger = json!.DeepClone().AsObject();
            foreach (var field in new[] { "run", "checks", "history", "approvals", "nextCheck", "notReadySince", "drainingSince" })
            {
                flagger.Remove(field);
            }

            return StatusJson.Read(flagger);
        }
    }

    private CanaryStatus Adopt(SourceObject canary, CanaryStatus status)
    {
        if (CanaryMapper.Map(canary, options).Value is not { } spec || RevisionsOf(spec) is not { } revisions)
        {
            return status;
        }

        var (target, isCarried) = revisions;
        var promoted = isCarried ? target : Former(status.LastPromotedSpec);
        return status.Phase switch
        {
            CanaryPhase.Progressing or CanaryPhase.WaitingPromotion =>
                status with { LastAppliedSpec = target, LastPromotedSpec = promoted == target ? Former(status.LastPromotedSpec) : promoted },
            CanaryPhase.Promoting or CanaryPhase.Finalising =>
                status with { LastAppliedSpec = target, LastPromotedSpec = Former(status.LastPromotedSpec) },
            CanaryPhase.Failed => status with
            {
                LastAppliedSpec = target,
                LastPromotedSpec = promoted,
                KeepsCanary = status.CanaryWeight == All,
            },
            _ => status with { LastAppliedSpec = promoted, LastPromotedSpec = promoted },
        };
    }

    private (string Target, bool IsCarried)? RevisionsOf(CanarySpec spec)
    {
        try
        {
            if (spec.Target.Kind == TargetKind.Service)
            {
                return ServiceRevisions.Of(objects, spec);
            }

            var view = targets.Of(spec);
            var primary = objects.Find(TargetViews.ResourceOf(spec), TargetViews.PrimaryOf(spec));
            return (view.Revision, primary is not null && view.IsCarriedBy(ObjectJson.Of(primary)) && AreConfigsCarried(view));
        }
        catch (WorkloadException)
        {
            return null;
        }
    }

    // A ConfigMap that changed since is a new revision of a template that did not.
    private bool AreConfigsCarried(TargetView view) => view.Tracked.All(pair =>
    {
        var resource = pair.Key.Kind == ConfigKind.ConfigMap ? ClusterKinds.ConfigMaps : ClusterKinds.Secrets;
        return objects.Find(resource, new NamespacedName(view.Made.Namespace, $"{pair.Key.Name}-primary")) is { } clone
            && ConfigTracking.Checksum(ObjectJson.Of(clone)) == pair.Value;
    });

    // Not to be mistaken for one of ours.
    private static string Former(string hash) => hash.Length == 0 ? hash : $"flagger-{hash}";
}

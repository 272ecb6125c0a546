using System.Text.Json.Nodes;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Kubernetes.Objects;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Kubernetes;

/// <summary>
/// Services as targets: primary and canary are copies of the Service, and a revision is what it selects. The analysed copy is the
/// canary's Service itself: it stays as it was when the run began, and is what is promoted (H-03). Thread-safe for different
/// canaries.
/// </summary>
/// <param name="objects">The cluster.</param>
/// <param name="memory">What is remembered of canaries.</param>
internal sealed class ServiceWorld(ClusterObjects objects, ICanaryStore memory) : IClusterTargets
{
    private const string Previous = "xdscanary.io/previous-spec";

    /// <inheritdoc/>
    public WorkloadFacts Observe(CanarySpec spec)
    {
        var target = objects.Find(ClusterKinds.Services, TargetViews.NameOf(spec));
        return new WorkloadFacts(
            target is null
                ? new TargetFact(null, $"service {spec.Target.Name}.{spec.Key.Namespace} get query error: there is no such service")
                : new TargetFact(ServiceRevisions.Of(spec, target)),
            FactOf(objects.Find(ClusterKinds.Services, spec.Primary)),
            FactOf(objects.Find(ClusterKinds.Services, spec.Canary)));
    }

    /// <inheritdoc/>
    public async Task EnsurePrimaryAsync(CanarySpec spec, CancellationToken cancellationToken)
    {
        var target = TargetOf(spec);
        var revision = ServiceRevisions.Of(spec, target);

        // Never of whatever the target is by now, unless that was promoted (H-09). A promotion makes it of what was analysed.
        var status = memory.StatusOf(spec.Key);
        var isPromoted = status.Phase is CanaryPhase.Promoting or CanaryPhase.Finalising;
        var promoted = status.LastPromotedSpec;
        if (!isPromoted && promoted.Length > 0 && promoted != revision && objects.Find(ClusterKinds.Services, spec.Primary) is null)
        {
            throw new WorkloadException(
                $"the primary is gone and its revision {promoted} is not kept: set the target back to it, or make the canary anew");
        }

        foreach (var role in isPromoted ? [ServiceRole.Canary] : new[] { ServiceRole.Canary, ServiceRole.Primary })
        {
            if (objects.Find(ClusterKinds.Services, NameOf(spec, role)) is null)
            {
                await objects.CreateAsync(
                    ClusterKinds.Services, spec.Key.Namespace, Marked(CopyOf(spec, role, ObjectJson.Of(target)), revision), cancellationToken);
            }
        }
    }

    /// <inheritdoc/>
    public Task EnsureApexAsync(CanarySpec spec, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task StartAsync(CanarySpec spec, string revision, CancellationToken cancellationToken)
    {
        var target = TargetOf(spec);
        if (ServiceRevisions.Of(spec, target) != revision)
        {
            throw new WorkloadException($"service {spec.Target.Name} has changed again");
        }

        await WriteAsync(spec, ServiceRole.Canary, ObjectJson.Of(target), revision, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task PromoteAsync(CanarySpec spec, string revision, CancellationToken cancellationToken)
    {
        if (objects.Find(ClusterKinds.Services, spec.Canary) is not { } canary || RevisionOf(canary) is var analysed && analysed != revision)
        {
            throw new WorkloadException($"service {spec.Canary.Name} is not of the revision {revision} that was analysed");
        }

        await WriteAsync(spec, ServiceRole.Primary, ObjectJson.Of(canary), revision, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task RestoreAsync(CanarySpec spec, CancellationToken cancellationToken)
    {
        if (objects.Find(ClusterKinds.Services, spec.Primary) is { } primary
            && primary.Annotations.GetValueOrDefault(Previous) is { Length: > 0 } text
            && JsonNode.Parse(text) is JsonObject former)
        {
            var original = new JsonObject { ["metadata"] = new JsonObject(), ["spec"] = former.At("spec")?.DeepClone() };
            await WriteAsync(spec, ServiceRole.Primary, original, former.TextAt("revision"), cancellationToken);
        }
    }

    /// <inheritdoc/>
    public Task StopAsync(CanarySpec spec, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task HandBackAsync(CanarySpec spec, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task HandBackApexAsync(CanarySpec spec, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task KeepUpAsync(CanarySpec spec, bool isServed, CancellationToken cancellationToken) => Task.CompletedTask;

    private SourceObject TargetOf(CanarySpec spec) => objects.Find(ClusterKinds.Services, TargetViews.NameOf(spec))
        ?? throw new WorkloadException($"service {spec.Target.Name}.{spec.Key.Namespace} get query error: there is no such service");

    private static NamespacedName NameOf(CanarySpec spec, ServiceRole role) =>
        new(spec.Key.Namespace, MadeServices.NameOf(spec, role));

    private JsonObject CopyOf(CanarySpec spec, ServiceRole role, JsonObject original) =>
        ServiceClones.Make(spec, objects.OwnerOf(spec.Key), role, original);

    // A Service has no readiness: what it selects is in its endpoints, which the proxies look at themselves.
    private static WorkloadFact FactOf(SourceObject? service) => service is null
        ? new WorkloadFact(false, Readiness.Waiting, "waiting for it to be made")
        : new WorkloadFact(true, Readiness.Ready, Revision: RevisionOf(service));

    private static string RevisionOf(SourceObject service) => service.Annotations.GetValueOrDefault(MetadataKeys.Revision, string.Empty);

    private static JsonObject Marked(JsonObject service, string revision)
    {
        service.Ensure("metadata").Ensure("annotations")[MetadataKeys.Revision] = revision;
        return service;
    }

    private async Task WriteAsync(
        CanarySpec spec, ServiceRole role, JsonObject original, string revision, CancellationToken cancellationToken)
    {
        var name = NameOf(spec, role);
        var wanted = Marked(CopyOf(spec, role, original), revision);
        if (objects.Find(ClusterKinds.Services, name) is not { } known)
        {
            await objects.CreateAsync(ClusterKinds.Services, name.Namespace, wanted, cancellationToken);
            return;
        }

        var live = ObjectJson.Of(known);
        if (role == ServiceRole.Primary && RevisionOf(known) != revision)
        {
            var former = new JsonObject { ["revision"] = RevisionOf(known), ["spec"] = CopyOf(spec, role, live)["spec"]?.DeepClone() };
            wanted.Ensure("metadata").Ensure("annotations")[Previous] = former.ToJsonString();
        }

        if (ServiceClones.Update(live, wanted) is { } next)
        {
            await objects.ReplaceAsync(ClusterKinds.Services, name, next, cancellationToken);
        }
    }
}

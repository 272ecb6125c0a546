using System.Text.Json.Nodes;
using XdsCanary.CanaryEngine.Kubernetes.Objects;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Kubernetes;

/// <summary>Makes the services of a canary, and keeps them as they are meant to be. Thread-safe for different canaries.</summary>
/// <param name="objects">The cluster.</param>
internal sealed class ServiceUpkeep(ClusterObjects objects)
{
    /// <summary>The services of primary and canary.</summary>
    /// <param name="made">The canary.</param>
    /// <param name="template">The target's pod template.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task EnsureBackendsAsync(MadeFor made, JsonObject template, CancellationToken cancellationToken)
    {
        await EnsureAsync(made, ServiceRole.Canary, template, cancellationToken);
        await EnsureAsync(made, ServiceRole.Primary, template, cancellationToken);
    }

    /// <summary>The service that clients call; one that is there already is pointed at the primary and keeps all else.</summary>
    /// <param name="made">The canary.</param>
    /// <param name="template">The target's pod template.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task EnsureApexAsync(MadeFor made, JsonObject template, CancellationToken cancellationToken) =>
        EnsureAsync(made, ServiceRole.Apex, template, cancellationToken);

    /// <summary>Points the service that clients call at the primary, and looks at nothing else of one that leads there already.</summary>
    /// <param name="made">The canary.</param>
    /// <param name="template">The target's pod template.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task LeadToPrimaryAsync(MadeFor made, JsonObject template, CancellationToken cancellationToken)
    {
        var wanted = MadeServices.Make(made, ServiceRole.Apex, template).At("spec", "selector");
        return objects.Find(ClusterKinds.Services, made.Spec.Apex) is { } apex
            && JsonNode.DeepEquals(ObjectJson.Of(apex).At("spec", "selector"), wanted)
                ? Task.CompletedTask
                : EnsureApexAsync(made, template, cancellationToken);
    }

    /// <summary>Points the service that clients call at the target again, unless it goes with the canary.</summary>
    /// <param name="made">The canary.</param>
    /// <param name="template">The target's pod template; null when there is none any more.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task HandBackAsync(MadeFor made, JsonObject? template, CancellationToken cancellationToken)
    {
        var live = objects.Find(ClusterKinds.Services, made.Spec.Apex) is { } apex ? ObjectJson.Of(apex) : null;
        var wanted = MadeServices.Make(made, ServiceRole.Apex, template);
        return ServiceHandBack.Of(live, wanted, made.Spec.Key.Name, made.Selector) is { } back
            ? objects.ApplyAsync(ClusterKinds.Services, made.Spec.Apex, back, cancellationToken)
            : Task.CompletedTask;
    }

    private async Task EnsureAsync(MadeFor made, ServiceRole role, JsonObject template, CancellationToken cancellationToken)
    {
        var name = new NamespacedName(made.Namespace, MadeServices.NameOf(made.Spec, role));
        var wanted = MadeServices.Make(made, role, template);
        if (objects.Find(ClusterKinds.Services, name) is not { } known)
        {
            await objects.CreateAsync(ClusterKinds.Services, name.Namespace, wanted, cancellationToken);
            return;
        }

        var live = ObjectJson.Of(known);
        var owner = Ownership.Of(live, made.Spec.Key.Name);
        if (ServiceDrift.Reconcile(live, wanted, owner, made.Spec.Service.UnmanagedMetadata) is { } next)
        {
            await (owner == OwnerKind.ThisCanary
                ? objects.ReplaceAsync(ClusterKinds.Services, name, next, cancellationToken)
                : objects.ApplyAsync(ClusterKinds.Services, name, next, cancellationToken));
        }
    }
}

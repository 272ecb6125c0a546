using System.Collections.Immutable;
using System.Text.Json.Nodes;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Kubernetes.Objects;
using XdsCanary.KubeRuntime.Api;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Kubernetes;

/// <summary>
/// Keeps what was analysed until it is promoted, and what was promoted until the next revision has proven itself: the primary's pod
/// template as a ControllerRevision, and a copy of each ConfigMap and Secret that it refers to (H-03, H-06, H-16). Thread-safe for
/// different canaries.
/// </summary>
/// <param name="objects">The cluster.</param>
internal sealed class Snapshots(ClusterObjects objects)
{
    private const string CanaryLabel = "xdscanary.io/canary";

    /// <summary>Finds the template of a revision.</summary>
    /// <param name="spec">The canary.</param>
    /// <param name="revision">The revision.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The primary's template; null when it is not kept.</returns>
    public async Task<JsonObject?> FindAsync(CanarySpec spec, string revision, CancellationToken cancellationToken)
    {
        var kept = revision.Length == 0 ? null : await objects.ReadAsync(ClusterKinds.ControllerRevisions, NameOf(spec, revision), cancellationToken);
        return kept?.ObjectAt("data", "template")?.Copy();
    }

    /// <summary>Keeps a target as it is now.</summary>
    /// <param name="view">The target.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The primary's template.</returns>
    public async Task<JsonObject> KeepAsync(TargetView view, CancellationToken cancellationToken)
    {
        foreach (var (key, _) in view.Tracked)
        {
            await KeepAsync(view, view.Configs[key], cancellationToken);
        }

        var template = view.PrimaryTemplate();
        await KeepAsync(view.Made, view.Revision, template, cancellationToken);
        return template;
    }

    /// <summary>Keeps a template under a revision.</summary>
    /// <param name="made">The canary.</param>
    /// <param name="revision">The revision.</param>
    /// <param name="template">The primary's template.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task KeepAsync(MadeFor made, string revision, JsonObject template, CancellationToken cancellationToken)
    {
        var name = NameOf(made.Spec, revision);
        var resource = ClusterKinds.ControllerRevisions;
        var body = made.Owner.Head(resource.ApiVersion, resource.Kind, name.Namespace, name.Name);
        body.Ensure("metadata")["labels"] = new JsonObject
        {
            [MetadataKeys.ManagedBy] = MetadataKeys.Product,
            [CanaryLabel] = made.Spec.Key.Name,
        };
        body["revision"] = 1;
        body["data"] = new JsonObject { ["template"] = template.Copy() };
        try
        {
            await objects.CreateAsync(resource, name.Namespace, body, cancellationToken);
        }
        catch (KubeException exception) when (exception.Fault == KubeFault.Conflict)
        {
            // Kept before: a revision's name says what is in it.
        }
    }

    /// <summary>Drops what is not needed any more.</summary>
    /// <param name="made">The canary.</param>
    /// <param name="needed">The revisions that are.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task DropOthersAsync(MadeFor made, ImmutableHashSet<string> needed, CancellationToken cancellationToken)
    {
        var spec = made.Spec;
        var names = await objects.NamesAsync(
            ClusterKinds.ControllerRevisions, spec.Key.Namespace, $"{CanaryLabel}={spec.Key.Name}", cancellationToken);
        var kept = needed.Select(revision => NameOf(spec, revision).Name).ToHashSet();
        var configs = new HashSet<ConfigKey>();
        foreach (var revision in needed)
        {
            if (await FindAsync(spec, revision, cancellationToken) is { } template)
            {
                configs.UnionWith(ConfigReferences.Of(template).Select(reference => reference.Key));
            }
        }

        foreach (var name in names.Where(name => !kept.Contains(name)))
        {
            await objects.DeleteAsync(
                ClusterKinds.ControllerRevisions, new NamespacedName(spec.Key.Namespace, name), cancellationToken);
        }

        foreach (var (resource, clone) in ClonesOf(made).Where(found => !configs.Contains(ConfigKey.Of(found.Clone))).ToList())
        {
            await DropAsync(resource, clone, made.Owner, cancellationToken);
        }
    }

    private async Task KeepAsync(TargetView view, JsonObject config, CancellationToken cancellationToken)
    {
        var made = view.Made;
        var clone = ConfigClone.Make(config, made);
        var resource = ResourceOf(clone);
        var name = new NamespacedName(made.Namespace, clone.TextAt("metadata", "name"));
        if (objects.Find(resource, name) is not { } known)
        {
            await objects.CreateAsync(resource, name.Namespace, clone, cancellationToken);
        }
        else if (made.Owner.AddTo(ObjectJson.Of(known)) is { } shared)
        {
            await objects.ReplaceAsync(resource, name, shared, cancellationToken);
        }
    }

    private async Task DropAsync(ApiResource resource, JsonObject clone, CanaryOwner owner, CancellationToken cancellationToken)
    {
        var name = new NamespacedName(clone.TextAt("metadata", "namespace"), clone.TextAt("metadata", "name"));
        var others = clone.ItemsAt("metadata", "ownerReferences").Where(item => item.TextAt("uid") != owner.Uid).ToList();
        if (others.Count == 0)
        {
            await objects.DeleteAsync(resource, name, cancellationToken);
            return;
        }

        var rest = clone.Copy();
        rest.Ensure("metadata")["ownerReferences"] = new JsonArray([.. others.Select(item => item.Copy())]);
        await objects.ReplaceAsync(resource, name, rest, cancellationToken);
    }

    private IEnumerable<(ApiResource Resource, JsonObject Clone)> ClonesOf(MadeFor made) =>
        from item in objects.Workloads.Current.Objects.Values
        where item.Key.Name.Namespace == made.Namespace
            && item.Key.Kind is "ConfigMap" or "Secret"
            && item.Labels.GetValueOrDefault(MetadataKeys.ManagedBy) == MetadataKeys.Product
        let json = ObjectJson.Of(item)
        where json.ItemsAt("metadata", "ownerReferences").Any(owner => owner.TextAt("uid") == made.Owner.Uid)
        select (ResourceOf(json), json);

    private static ApiResource ResourceOf(JsonObject config) =>
        config.TextAt("kind") == ClusterKinds.Secrets.Kind ? ClusterKinds.Secrets : ClusterKinds.ConfigMaps;

    private static NamespacedName NameOf(CanarySpec spec, string revision) =>
        new(spec.Key.Namespace, $"{spec.Key.Name}-{revision}");
}

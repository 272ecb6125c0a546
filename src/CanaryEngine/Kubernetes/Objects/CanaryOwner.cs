using System.Text.Json.Nodes;
using XdsCanary.CanaryEngine.Resources;

namespace XdsCanary.CanaryEngine.Kubernetes.Objects;

/// <summary>The Canary object as the owner of what is made for it: the garbage collector removes that with it. Immutable.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Uid">Its <c>metadata.uid</c>.</param>
internal sealed record CanaryOwner(string Name, string Uid)
{
    /// <summary>The owner reference that says so.</summary>
    public JsonObject Reference() => new()
    {
        ["apiVersion"] = $"{CanaryKinds.Group}/v1beta1",
        ["blockOwnerDeletion"] = true,
        ["controller"] = true,
        ["kind"] = CanaryKinds.Canary,
        ["name"] = Name,
        ["uid"] = Uid,
    };

    /// <summary>True for an object whose controller is another one.</summary>
    /// <param name="item">The object.</param>
    public bool IsShutOut(JsonObject item) =>
        item.ItemsAt("metadata", "ownerReferences").Any(owner => owner.IsTrueAt("controller") && owner.TextAt("uid") != Uid);

    /// <summary>The head of an object that is made for the canary.</summary>
    /// <param name="apiVersion">Its <c>apiVersion</c>.</param>
    /// <param name="kind">Its <c>kind</c>.</param>
    /// <param name="space">Its namespace.</param>
    /// <param name="name">Its name.</param>
    public JsonObject Head(string apiVersion, string kind, string space, string name) => new()
    {
        ["apiVersion"] = apiVersion,
        ["kind"] = kind,
        ["metadata"] = new JsonObject
        {
            ["name"] = name,
            ["namespace"] = space,
            ["ownerReferences"] = new JsonArray(Reference()),
        },
    };

    /// <summary>
    /// Makes the canary an owner of an object that others own already. One owner is the controller: the canary, the others are
    /// not any more. An object that it owns stays as it is, so that two canaries do not take it from each other for ever.
    /// </summary>
    /// <param name="item">The object.</param>
    /// <returns>The object to write; null when there is nothing to do.</returns>
    public JsonObject? AddTo(JsonObject item)
    {
        var owners = item.ItemsAt("metadata", "ownerReferences").ToList();
        if (owners.Exists(owner => owner.TextAt("uid") == Uid))
        {
            return null;
        }

        var others = owners.Select(owner =>
        {
            var other = owner.Copy();
            other["controller"] = false;
            return other;
        });
        var next = item.Copy();
        next.Ensure("metadata")["ownerReferences"] = new JsonArray([.. others, Reference()]);
        return next;
    }
}

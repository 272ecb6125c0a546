using System.Text.Json.Nodes;

namespace XdsCanary.CanaryEngine.Kubernetes.Objects;

/// <summary>How a body is sent to the API server.</summary>
internal enum PatchKind
{
    /// <summary>Server-side apply: the fields in it become the engine's, and nobody else's are touched.</summary>
    Apply,

    /// <summary>A merge patch (RFC 7396): a null takes a field away.</summary>
    Merge,
}

/// <summary>A change of an object that belongs to somebody else.</summary>
/// <param name="Kind">How it is sent.</param>
/// <param name="Body">The body.</param>
internal sealed record ObjectPatch(PatchKind Kind, JsonObject Body);

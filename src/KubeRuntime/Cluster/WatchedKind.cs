using System.Collections.Immutable;
using XdsCanary.KubeRuntime.Api;

namespace XdsCanary.KubeRuntime.Cluster;

/// <summary>A kind of objects to be followed, in whichever of its versions the API server serves. Immutable.</summary>
/// <param name="Group">The API group; empty for the core group.</param>
/// <param name="Kind">The kind.</param>
/// <param name="Plural">Its name in paths.</param>
/// <param name="Versions">The versions that can be read, the preferred one first.</param>
public sealed record WatchedKind(string Group, string Kind, string Plural, ImmutableArray<string> Versions)
{
    /// <summary>Leaves objects out by their fields, as the API server's <c>fieldSelector</c> does; empty for all of them.</summary>
    public string FieldSelector { get; init; } = string.Empty;

    /// <summary>Leaves objects out by their labels, as the API server's <c>labelSelector</c> does; empty for all of them.</summary>
    public string LabelSelector { get; init; } = string.Empty;

    /// <summary>True when the API server has to be asked which version it serves.</summary>
    public bool HasChoice => Versions.Length > 1;

    /// <summary>What is left out, as a part of a query; begins with an ampersand unless it is empty.</summary>
    internal string Selector => Query("fieldSelector", FieldSelector) + Query("labelSelector", LabelSelector);

    /// <summary>The resource in one of the versions.</summary>
    /// <param name="version">The version.</param>
    public ApiResource In(string version) => new(Group, version, Plural, Kind);

    /// <summary>A part of a query.</summary>
    /// <param name="name">The parameter.</param>
    /// <param name="value">Its value; nothing is written when it is empty.</param>
    internal static string Query(string name, string value) =>
        value.Length == 0 ? string.Empty : $"&{name}={Uri.EscapeDataString(value)}";
}

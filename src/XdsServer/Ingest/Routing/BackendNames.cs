using System.Collections.Immutable;
using XdsCanary.KubeRuntime.Documents;

namespace XdsCanary.XdsServer.Ingest.Routing;

/// <summary>Reads names that must be among the backends of a split, as they are written there.</summary>
/// <param name="known">The names of the backends.</param>
internal sealed class BackendNames(ImmutableArray<string> known)
{
    private string Fix => $"Write one of the split's backends: {string.Join(", ", known)}";

    /// <summary>Reads a name that must be there.</summary>
    /// <param name="field">The field.</param>
    /// <returns>The name; empty when it was reported.</returns>
    public string Required(NodeReader field) => Check(field, field.RequiredText(Fix)) ?? string.Empty;

    /// <summary>Reads a name that may be left out.</summary>
    /// <param name="field">The field.</param>
    /// <returns>The name; null when there is none, or when it was reported.</returns>
    public string? Optional(NodeReader field) => Check(field, field.Text() is { Length: > 0 } name ? name : null);

    private string? Check(NodeReader field, string? name)
    {
        if (name is null || known.Contains(name))
        {
            return name;
        }

        field.Report($"must be a backend of the split, not {field.Shown()}", Fix);
        return null;
    }
}

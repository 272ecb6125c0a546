namespace XdsCanary.KubeRuntime.Documents;

/// <summary>Checks the names of fields, which readers that look for what they know would pass over. Pure.</summary>
public static class FieldNames
{
    /// <summary>Reports every entry of an object whose name is not known, with the name that was probably meant.</summary>
    /// <param name="parent">The object; anything else is passed over, its reader reports it.</param>
    /// <param name="known">The names.</param>
    public static void ReportUnknown(NodeReader parent, params ReadOnlySpan<string> known)
    {
        foreach (var entry in (parent.Node as MappingNode)?.Entries ?? [])
        {
            if (!known.Contains(entry.Key))
            {
                var nearest = NearestName.Find(entry.Key, known);
                var fix = nearest is null
                    ? $"Remove it; known here are {string.Join(", ", known.ToArray())}"
                    : $"Write '{nearest}'";
                parent.Field(entry.Key).Report("is not a known field", fix);
            }
        }
    }

    /// <summary>
    /// Reports entries of an object whose name is nearly that of a field which is missing. Other names that are not known are
    /// passed over: Kubernetes adds fields, and has many that do not matter here.
    /// </summary>
    /// <param name="parent">The object; anything else is passed over, its reader reports it.</param>
    /// <param name="known">The names that matter.</param>
    public static void ReportMisspelt(NodeReader parent, params ReadOnlySpan<string> known)
    {
        foreach (var entry in (parent.Node as MappingNode)?.Entries ?? [])
        {
            if (!known.Contains(entry.Key) && NearestName.Find(entry.Key, known) is { } nearest && !parent.Field(nearest).Exists)
            {
                parent.Field(entry.Key).Report("is not a known field", $"Write '{nearest}'");
            }
        }
    }
}

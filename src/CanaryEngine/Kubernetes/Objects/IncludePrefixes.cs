namespace XdsCanary.CanaryEngine.Kubernetes.Objects;

/// <summary>
/// Which labels and annotations of a target go to what is made after it, the setting <c>include-label-prefix</c>. Immutable.
/// </summary>
/// <param name="Prefixes">Beginnings of keys; <c>*</c> stands for every key, an empty one for none.</param>
internal sealed record IncludePrefixes(EquatableArray<string> Prefixes)
{
    /// <summary>No key.</summary>
    public static IncludePrefixes None { get; } = new([]);

    /// <summary>Reads the setting.</summary>
    /// <param name="text">Prefixes with commas between.</param>
    public static IncludePrefixes Parse(string text) => new(
        text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).ToEquatableArray());

    /// <summary>True for a key that is taken over; never for one of Flux.</summary>
    /// <param name="key">The key.</param>
    public bool Has(string key) => !MetadataKeys.IsToolkit(key) && Prefixes.Any(prefix =>
        prefix.Length > 0 && (prefix == "*" || key.StartsWith(prefix, StringComparison.Ordinal)));

    /// <summary>The entries that are taken over.</summary>
    /// <param name="entries">Labels or annotations.</param>
    public IEnumerable<KeyValuePair<string, string>> Of(IEnumerable<KeyValuePair<string, string>> entries) =>
        entries.Where(entry => Has(entry.Key));
}

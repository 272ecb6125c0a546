namespace XdsCanary.KubeRuntime.Documents;

/// <summary>
/// What one text may cost. Manifests are small; the limits only keep a hostile or damaged file from taking the process down.
/// </summary>
public static class DocumentLimits
{
    /// <summary>The largest text that is read, in bytes.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    /// <summary>The deepest nesting that is read.</summary>
    public const int MaxDepth = 64;

    /// <summary>The most nodes of one document, counting a node once for each alias that repeats it.</summary>
    public const int MaxNodes = 1_000_000;
}

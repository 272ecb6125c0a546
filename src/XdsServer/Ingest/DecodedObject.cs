using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.XdsServer.Ingest;

/// <summary>An object with what is in use of it.</summary>
/// <param name="Source">The object as delivered last.</param>
/// <param name="Result">What the mapper made of it.</param>
/// <param name="Value">
/// The content in use: that of the object, or of its last version that could be read; null when there was none.
/// </param>
internal sealed record DecodedObject(SourceObject Source, Decoded Result, DecodedValue? Value)
{
    /// <summary>True when the content in use is that of an earlier version.</summary>
    public bool LastGoodInUse => Value is not null && Result.Value is null;
}

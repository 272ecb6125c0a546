using Google.Protobuf;

namespace XdsCanary.DemoProxy.Xds;

/// <summary>A resource that was accepted.</summary>
/// <typeparam name="T">What it was read into.</typeparam>
/// <param name="Version">
/// The control plane's version of it; null when the control plane has removed it and the client keeps it all the same.
/// </param>
/// <param name="Bytes">The resource as it was sent, to tell whether a new version changes anything.</param>
/// <param name="Value">What it was read into.</param>
internal sealed record Held<T>(string? Version, ByteString Bytes, T Value);

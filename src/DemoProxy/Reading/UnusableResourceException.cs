namespace XdsCanary.DemoProxy.Reading;

/// <summary>
/// A resource that this data plane cannot use. The readers throw it from any depth; it is caught in one place, which keeps
/// the last good resource and reports the reason to the control plane.
/// </summary>
/// <param name="reason">What cannot be used, for the person who wrote the resource.</param>
internal sealed class UnusableResourceException(string reason) : Exception(reason);

using XdsCanary.CanaryEngine.Core;

namespace XdsCanary.CanaryEngine.Reconcile;

/// <summary>What webhooks are told.</summary>
internal static class Payloads
{
    /// <summary>Tells one revision from another.</summary>
    public static string Checksum(CanaryStatus status) => status.LastAppliedSpec;
}

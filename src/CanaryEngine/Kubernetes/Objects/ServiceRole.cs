namespace XdsCanary.CanaryEngine.Kubernetes.Objects;

/// <summary>Which of a canary's Services.</summary>
internal enum ServiceRole
{
    /// <summary>The one that clients call, A.</summary>
    Apex,

    /// <summary>The one of the promoted revision, <c>A-primary</c>.</summary>
    Primary,

    /// <summary>The one of the revision under analysis, <c>A-canary</c>.</summary>
    Canary,
}

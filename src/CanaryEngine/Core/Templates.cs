using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Core;

/// <summary>A MetricTemplate object (flagger.app/v1beta1), validated.</summary>
public sealed record MetricTemplateSpec
{
    /// <summary>Namespace and name.</summary>
    public required NamespacedName Key { get; init; }

    /// <summary><c>provider.type</c>: prometheus or envoy.</summary>
    public required MetricProviderType Provider { get; init; }

    /// <summary><c>provider.address</c>; null for the server's own Prometheus.</summary>
    public Uri? Address { get; init; }

    /// <summary><c>provider.headers</c>, sorted by name; one entry per value.</summary>
    public EquatableArray<TemplateVariable> Headers { get; init; }

    /// <summary><c>provider.secretRef</c>: a Secret in the template's namespace; null for none.</summary>
    public NamespacedName? Secret { get; init; }

    /// <summary><c>provider.insecureSkipVerify</c>.</summary>
    public bool SkipVerify { get; init; }

    /// <summary><c>query</c>, a template.</summary>
    public required string Query { get; init; }
}

/// <summary>Where metrics come from.</summary>
public enum MetricProviderType
{
    /// <summary>Prometheus' HTTP interface.</summary>
    Prometheus,

    /// <summary>The connected Envoys' own statistics.</summary>
    Envoy,
}

/// <summary>An AlertProvider object (flagger.app/v1beta1), validated.</summary>
public sealed record AlertProviderSpec
{
    /// <summary>Namespace and name.</summary>
    public required NamespacedName Key { get; init; }

    /// <summary><c>type</c>.</summary>
    public required AlertProviderType Type { get; init; }

    /// <summary><c>channel</c>.</summary>
    public string Channel { get; init; } = "general";

    /// <summary><c>username</c>.</summary>
    public string Username { get; init; } = "flagger";

    /// <summary><c>address</c>; null when a Secret has it.</summary>
    public Uri? Address { get; init; }

    /// <summary><c>proxy</c>; null for none.</summary>
    public Uri? Proxy { get; init; }

    /// <summary><c>secretRef</c>: a Secret in the provider's namespace with <c>address</c> and perhaps <c>token</c>; null for none.</summary>
    public NamespacedName? Secret { get; init; }
}

/// <summary>Who is told.</summary>
public enum AlertProviderType
{
    /// <summary>Slack.</summary>
    Slack,

    /// <summary>Microsoft Teams.</summary>
    Teams,

    /// <summary>Discord.</summary>
    Discord,

    /// <summary>Rocket.Chat.</summary>
    Rocket,

    /// <summary>Google Chat.</summary>
    GoogleChat,

    /// <summary>Any receiver of JSON (ours).</summary>
    Generic,
}

using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Ports;

/// <summary>Finds AlertProvider objects. Thread-safe; answers from memory.</summary>
public interface IAlertProviders
{
    /// <summary>Finds an AlertProvider.</summary>
    /// <param name="name">Its namespace and name.</param>
    /// <returns>What it says; null when there is no such object.</returns>
    AlertProviderSpec? Find(NamespacedName name);
}

/// <summary>Whose format an alert is sent in, <c>spec.type</c> of an AlertProvider.</summary>
public enum AlertProviderType
{
    /// <summary><c>slack</c>.</summary>
    Slack,

    /// <summary><c>msteams</c>.</summary>
    Teams,

    /// <summary><c>discord</c>.</summary>
    Discord,

    /// <summary><c>rocket</c>.</summary>
    Rocket,

    /// <summary><c>gchat</c>.</summary>
    GoogleChat,

    /// <summary><c>generic</c> (ours): plain JSON.</summary>
    Generic,
}

/// <summary>An AlertProvider (flagger.app/v1beta1, spec). Immutable.</summary>
public sealed record AlertProviderSpec
{
    /// <summary><c>type</c>.</summary>
    public required AlertProviderType Type { get; init; }

    /// <summary><c>channel</c>.</summary>
    public string Channel { get; init; } = "general";

    /// <summary><c>username</c>.</summary>
    public string Username { get; init; } = "flagger";

    /// <summary><c>address</c>; empty when it is in the secret.</summary>
    public string Address { get; init; } = string.Empty;

    /// <summary><c>proxy</c>; null for none.</summary>
    public Uri? Proxy { get; init; }

    /// <summary>
    /// <c>secretRef.name</c>: a Secret in the provider's namespace whose <c>address</c> counts more than <see cref="Address"/>, and
    /// whose <c>token</c> is sent along; empty for none.
    /// </summary>
    public string SecretName { get; init; } = string.Empty;
}

using XdsCanary.XdsServer.Snapshots;

namespace XdsCanary.XdsServer.Protocol;

/// <summary>Why a client rejected a response.</summary>
/// <param name="Code">The gRPC status code that it gave; of no meaning beyond that.</param>
/// <param name="Message">The client's own words.</param>
internal sealed record Rejection(int Code, string Message);

/// <summary>A request as the protocol sees it: decoded, node taken out, <c>*</c> split from the names.</summary>
/// <param name="Type">The type asked for.</param>
/// <param name="Nonce">The nonce of the response that is answered; empty for none.</param>
/// <param name="Error">Present when that response is rejected.</param>
internal abstract record DiscoveryInput(ResourceType Type, string Nonce, Rejection? Error);

/// <summary>A state-of-the-world request.</summary>
/// <param name="Type">The type asked for.</param>
/// <param name="Nonce">The nonce of the response that is answered; empty for none.</param>
/// <param name="Error">Present when that response is rejected.</param>
/// <param name="Star">True when the names held <c>*</c>.</param>
/// <param name="Names">The other names: the complete new set.</param>
internal sealed record SotwInput(ResourceType Type, string Nonce, Rejection? Error, bool Star, NameSet Names)
    : DiscoveryInput(Type, Nonce, Error);

/// <summary>A delta request.</summary>
/// <param name="Type">The type asked for.</param>
/// <param name="Nonce">The nonce of the response that is answered; empty for none.</param>
/// <param name="Error">Present when that response is rejected.</param>
/// <param name="Change">The subscribe and unsubscribe lists.</param>
/// <param name="InitialVersions">What the client holds from an earlier stream: version by name.</param>
internal sealed record DeltaInput(
    ResourceType Type,
    string Nonce,
    Rejection? Error,
    SubscriptionChange Change,
    IReadOnlyDictionary<string, string> InitialVersions) : DiscoveryInput(Type, Nonce, Error);

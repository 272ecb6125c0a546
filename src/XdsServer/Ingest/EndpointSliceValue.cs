using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.XdsServer.Ingest;

/// <summary>An EndpointSlice as written.</summary>
internal sealed record EndpointSliceValue : DecodedValue
{
    /// <summary>The object's namespace and name.</summary>
    public required NamespacedName Name { get; init; }

    /// <summary>The Service that the endpoints belong to.</summary>
    public required NamespacedName Service { get; init; }

    /// <summary>The label that names the Service.</summary>
    public required PlacedText Label { get; init; }

    /// <summary><c>addressType</c>.</summary>
    public required PlacedText AddressType { get; init; }

    /// <summary>True when the addresses are IP addresses; others are not used.</summary>
    public bool HasAddresses => AddressType.Text is "IPv4" or "IPv6";

    /// <summary>The ports; those without a number are left out.</summary>
    public required EquatableArray<SlicePort> Ports { get; init; }

    /// <summary>The endpoints.</summary>
    public required EquatableArray<SliceEndpoint> Endpoints { get; init; }
}

/// <summary>A port that all endpoints of a slice have.</summary>
/// <param name="Name">The name of the Service's port that it stands for; may be empty.</param>
/// <param name="Number">The number that the endpoints listen on.</param>
internal sealed record SlicePort(PlacedText Name, int Number);

/// <summary>An endpoint with its conditions, the defaults of the API filled in.</summary>
/// <param name="Address">The address in canonical form.</param>
/// <param name="Ready">It may get traffic.</param>
/// <param name="Serving">It answers, whether or not it is shutting down.</param>
/// <param name="Terminating">It is shutting down.</param>
/// <param name="Zone">Its zone; empty when unknown.</param>
internal sealed record SliceEndpoint(string Address, bool Ready, bool Serving, bool Terminating, string Zone);

namespace XdsCanary.XdsServer.Model;

/// <summary>A service that takes a share of another one's requests.</summary>
/// <param name="Service">The service's name, in the same namespace as the one it stands in for.</param>
/// <param name="Weight">Its share, relative to the sum over the backends of the rule; 0 for none.</param>
internal sealed record WeightedBackend(string Service, uint Weight)
{
    /// <summary>What its answers carry as a further <c>Set-Cookie</c> header; null for nothing.</summary>
    public string? SetCookie { get; init; }
}

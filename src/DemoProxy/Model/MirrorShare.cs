namespace XdsCanary.DemoProxy.Model;

/// <summary>A cluster that gets copies of requests.</summary>
/// <param name="Cluster">The cluster's name.</param>
/// <param name="Numerator">How many requests of <paramref name="Denominator"/> are copied.</param>
/// <param name="Denominator">What <paramref name="Numerator"/> is a part of.</param>
internal sealed record MirrorShare(string Cluster, long Numerator, long Denominator);

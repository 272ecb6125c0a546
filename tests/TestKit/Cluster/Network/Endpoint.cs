using System.Net;

namespace XdsCanary.TestKit.Cluster.Network;

/// <summary>Where a Service's port leads to.</summary>
/// <param name="Address">A pod's address.</param>
/// <param name="Port">The port there.</param>
internal readonly record struct Endpoint(IPAddress Address, int Port);

using System.Net;

namespace XdsCanary.TestKit.Cluster.Network;

/// <summary>A port of a Service at its cluster address.</summary>
/// <param name="Address">The cluster address.</param>
/// <param name="Port">The Service's port.</param>
internal readonly record struct ServicePort(IPAddress Address, int Port);

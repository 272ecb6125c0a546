using System.Collections.Immutable;
using Envoy.Service.Discovery.V3;

namespace XdsCanary.DemoProxy.Xds;

/// <summary>The outcome of an event: the next state, and the requests to send in this order.</summary>
/// <param name="State">The next state.</param>
/// <param name="Requests">The requests; none carries the node, which the stream's first message gets when it is sent.</param>
internal sealed record XdsStep(XdsClientState State, ImmutableArray<DeltaDiscoveryRequest> Requests);

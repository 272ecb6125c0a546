using System.Collections.Immutable;
using Envoy.Config.Cluster.V3;
using Envoy.Config.Endpoint.V3;
using Envoy.Config.Listener.V3;
using Envoy.Config.Route.V3;
using Envoy.Service.Discovery.V3;
using XdsCanary.DemoProxy.Reading;

namespace XdsCanary.DemoProxy.Xds;

/// <summary>
/// The client's side of the delta protocol, as functions from a state and an event to the next state and the requests to
/// send. Behaves as Envoy does where a control plane can see it: clusters warm before they serve and before their response is
/// acknowledged, a resource that cannot be used leaves the last good one in place, removals of routes and endpoints that are
/// still referred to change nothing.
/// </summary>
internal static class XdsClientProtocol
{
    /// <summary>How long a cluster waits for its endpoints: Envoy's initial_fetch_timeout.</summary>
    public static readonly TimeSpan WarmingLimit = TimeSpan.FromSeconds(15);

    // What Envoy sends: INTERNAL.
    private const int RejectionCode = 13;

    /// <summary>A new stream is open: everything is subscribed anew, telling which versions are held.</summary>
    /// <param name="state">The state.</param>
    public static XdsStep Connect(XdsClientState state)
    {
        var requests = ImmutableArray.CreateBuilder<DeltaDiscoveryRequest>();
        // No names in the first request of a type means all of them.
        requests.Add(FirstRequest(XdsTypes.Cluster, [], state.Clusters));
        if (!state.EndpointNames.IsEmpty)
        {
            // Endpoints that a warming cluster waits for are asked for as if they were not held, or none would come.
            requests.Add(FirstRequest(XdsTypes.Endpoint, state.EndpointNames, state.Endpoints.RemoveRange(state.Awaited.Keys)));
        }

        requests.Add(FirstRequest(XdsTypes.Listener, [], state.Listeners));
        if (!state.RouteNames.IsEmpty)
        {
            requests.Add(FirstRequest(XdsTypes.Route, state.RouteNames, state.Routes));
        }

        // Nonces belong to the stream that is gone.
        return new XdsStep(state with { ClusterReplies = [] }, requests.ToImmutable());
    }

    /// <summary>A response has come.</summary>
    /// <param name="state">The state.</param>
    /// <param name="response">The response.</param>
    /// <param name="now">The time on the client's clock.</param>
    public static XdsStep Receive(XdsClientState state, DeltaDiscoveryResponse response, TimeSpan now) => response.TypeUrl switch
    {
        XdsTypes.Cluster => ReceiveClusters(state, response, now),
        XdsTypes.Endpoint => ReceiveEndpoints(state, response),
        XdsTypes.Listener => ReceiveListeners(state, response),
        XdsTypes.Route => ReceiveRoutes(state, response),
        // As Envoy does with a type it never asked for.
        _ => new XdsStep(state, []),
    };

    /// <summary>Time has passed: clusters that have waited too long go into service with what there is.</summary>
    /// <param name="state">The state.</param>
    /// <param name="now">The time on the client's clock.</param>
    public static XdsStep Elapse(XdsClientState state, TimeSpan now)
    {
        var late = state.Awaited.Where(entry => entry.Value <= now).Select(entry => entry.Key);
        return Warming.Settle(state with { Awaited = state.Awaited.RemoveRange(late) }, []);
    }

    private static XdsStep ReceiveClusters(XdsClientState state, DeltaDiscoveryResponse response, TimeSpan now)
    {
        var content = ResponseReader.Read(response, state.Clusters, bytes =>
        {
            var cluster = Cluster.Parser.ParseFrom(bytes);
            return (cluster.Name, ClusterReader.Read(cluster));
        });
        var clusters = content.Held.RemoveRange(response.RemovedResources);
        var awaited = state.Awaited.SetItems(content.Changed
            .Select(name => clusters[name].Value.EndpointName)
            .OfType<string>()
            .Select(name => KeyValuePair.Create(name, now + WarmingLimit)));
        // A rejection does not wait, or a bad resource would be reported only when the good ones have warmed.
        ImmutableArray<string> waitFor = content.Faults.IsEmpty ? content.Changed : [];
        return Warming.Settle(
            state with
            {
                Clusters = clusters,
                ActiveClusters = state.ActiveClusters.RemoveRange(response.RemovedResources),
                Awaited = awaited,
                ClusterReplies = state.ClusterReplies.Add(new PendingReply(Reply(response, content.Faults), waitFor)),
            },
            []);
    }

    private static XdsStep ReceiveEndpoints(XdsClientState state, DeltaDiscoveryResponse response)
    {
        var content = ResponseReader.Read(response, state.Endpoints, bytes =>
        {
            var assignment = ClusterLoadAssignment.Parser.ParseFrom(bytes);
            return (assignment.ClusterName, EndpointReader.Read(assignment));
        });
        // "Removed" answers the question too: there are none, so the cluster need not wait any longer.
        return Warming.Settle(
            state with
            {
                Endpoints = Forget(content.Held, response),
                Awaited = state.Awaited.RemoveRange(content.Mentioned.Concat(response.RemovedResources)),
            },
            [Reply(response, content.Faults)]);
    }

    private static XdsStep ReceiveListeners(XdsClientState state, DeltaDiscoveryResponse response)
    {
        var content = ResponseReader.Read(response, state.Listeners, bytes =>
        {
            var listener = Listener.Parser.ParseFrom(bytes);
            return (listener.Name, ListenerReader.Read(listener));
        });
        return Warming.Settle(
            state with
            {
                Listeners = content.Held.RemoveRange(response.RemovedResources),
                ActiveListeners = state.ActiveListeners.RemoveRange(response.RemovedResources),
            },
            [Reply(response, content.Faults)]);
    }

    private static XdsStep ReceiveRoutes(XdsClientState state, DeltaDiscoveryResponse response)
    {
        var content = ResponseReader.Read(response, state.Routes, bytes =>
        {
            var configuration = RouteConfiguration.Parser.ParseFrom(bytes);
            return (configuration.Name, RouteTableReader.Read(configuration));
        });
        return Warming.Settle(
            state with { Routes = Forget(content.Held, response) }, [Reply(response, content.Faults)]);
    }

    /// <summary>Keeps removed resources in service, as Envoy does, and stops claiming to hold them.</summary>
    private static ImmutableDictionary<string, Held<T>> Forget<T>(
        ImmutableDictionary<string, Held<T>> held, DeltaDiscoveryResponse response) =>
        held.SetItems(response.RemovedResources.Where(held.ContainsKey)
            .Select(name => KeyValuePair.Create(name, held[name] with { Version = null })));

    private static DeltaDiscoveryRequest FirstRequest<T>(
        string type, IEnumerable<string> names, ImmutableDictionary<string, Held<T>> held)
    {
        var request = new DeltaDiscoveryRequest { TypeUrl = type };
        request.ResourceNamesSubscribe.AddRange(names);
        foreach (var (name, resource) in held)
        {
            if (resource.Version is not null)
            {
                request.InitialResourceVersions.Add(name, resource.Version);
            }
        }

        return request;
    }

    private static DeltaDiscoveryRequest Reply(DeltaDiscoveryResponse response, ImmutableArray<string> faults)
    {
        var request = new DeltaDiscoveryRequest { TypeUrl = response.TypeUrl, ResponseNonce = response.Nonce };
        if (!faults.IsEmpty)
        {
            request.ErrorDetail = new Google.Rpc.Status { Code = RejectionCode, Message = string.Join("; ", faults) };
        }

        return request;
    }
}

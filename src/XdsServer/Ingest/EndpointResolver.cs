using System.Collections.Immutable;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Model;
using Endpoint = XdsCanary.XdsServer.Model.Endpoint;

namespace XdsCanary.XdsServer.Ingest;

/// <summary>The endpoints of a service, with what they were made from.</summary>
/// <param name="Service">The service.</param>
/// <param name="Slices">The slices, by name.</param>
/// <param name="Groups">One group for each port.</param>
internal sealed record ResolvedEndpoints(
    Service Service, ImmutableArray<EndpointSliceValue> Slices, ImmutableArray<EndpointGroup> Groups);

/// <summary>Puts the endpoint slices of services together (Kubernetes API, discovery.k8s.io/v1 EndpointSlice).</summary>
internal static class EndpointResolver
{
    /// <summary>Puts the slices of one service together.</summary>
    /// <param name="service">The service.</param>
    /// <param name="slices">Its slices, by name.</param>
    /// <param name="options">Choices.</param>
    /// <param name="previous">The result before; groups that are equal to those before are the same instances.</param>
    public static ResolvedEndpoints Resolve(
        Service service, ImmutableArray<EndpointSliceValue> slices, MeshOptions options, ResolvedEndpoints? previous)
    {
        if (previous is not null && ReferenceEquals(previous.Service, service)
            && previous.Slices.AsSpan().SequenceEqual(slices.AsSpan(), ReferenceEqualityComparer.Instance))
        {
            return previous;
        }

        var groups = service.Ports.Items
            .OrderBy(port => port.Number)
            .Select(port => new EndpointGroup(service.Name, port.Number, Collect(port, slices, options)))
            .Select(group => previous?.Groups.FirstOrDefault(old => old == group) ?? group);
        return new ResolvedEndpoints(service, slices, [.. groups]);
    }

    /// <summary>Notes what is wrong with the references of slices.</summary>
    /// <param name="key">The slice's key.</param>
    /// <param name="slice">The slice.</param>
    /// <param name="service">The service that it names; null when there is none.</param>
    /// <param name="notes">Takes the findings.</param>
    public static void Check(ObjectKey key, EndpointSliceValue slice, Service? service, ReportNotes notes)
    {
        if (!slice.HasAddresses)
        {
            notes.Warn(
                key, ConditionTypes.Accepted, ConditionReasons.UnsupportedAddressType,
                "Its addressType FQDN is not supported, so its endpoints are ignored", slice.AddressType,
                "List IP addresses, or use a Service of type ExternalName");
        }

        if (service is null)
        {
            notes.Warn(
                key, ConditionTypes.ResolvedRefs, ConditionReasons.ServiceNotFound,
                $"There is no Service '{slice.Service.Name}'", slice.Label,
                $"Make the Service, or correct the label {MeshAnnotations.ServiceName}");
            return;
        }

        foreach (var port in slice.Ports.Items.Where(port => service.Ports.Items.All(own => own.Name != port.Name.Text)))
        {
            var known = string.Join(", ", service.Ports.Items.Select(own => $"'{own.Name}'"));
            notes.Warn(
                key, ConditionTypes.ResolvedRefs, ConditionReasons.PortNameMismatch,
                $"Service '{slice.Service.Name}' has no port named '{port.Name.Text}'", port.Name,
                $"Write the name of one of the Service's ports: {known}");
        }
    }

    // During a move an address stands in two slices; the one that is ready counts.
    private static EquatableArray<Endpoint> Collect(
        ServicePort port, ImmutableArray<EndpointSliceValue> slices, MeshOptions options)
    {
        var candidates = (
            from slice in slices
            where slice.HasAddresses
            from slicePort in slice.Ports.Items
            where slicePort.Name.Text == port.Name
            from endpoint in slice.Endpoints.Items
            select (Endpoint: endpoint, slicePort.Number)).ToList();
        var lacksReady = candidates.TrueForAll(candidate => !candidate.Endpoint.Ready);
        return candidates
            .Select(candidate => Judge(candidate.Endpoint, candidate.Number, lacksReady, options))
            .OfType<Endpoint>()
            .OrderBy(endpoint => endpoint.Health)
            .DistinctBy(endpoint => (endpoint.Address, endpoint.Port))
            .OrderBy(endpoint => endpoint.Zone, StringComparer.Ordinal)
            .ThenBy(endpoint => endpoint.Address, StringComparer.Ordinal)
            .ThenBy(endpoint => endpoint.Port)
            .ToEquatableArray();
    }

    // With nothing ready, those that shut down but still answer are better than nothing; kube-proxy does the same.
    private static Endpoint? Judge(SliceEndpoint endpoint, int port, bool lacksReady, MeshOptions options)
    {
        var isLeaving = endpoint is { Ready: false, Serving: true, Terminating: true };
        EndpointHealth? health = endpoint.Ready || (lacksReady && isLeaving) ? EndpointHealth.Healthy
            : isLeaving && options.DrainingEndpoints ? EndpointHealth.Draining
            : null;
        return health is { } known ? new Endpoint(endpoint.Address, port, known, endpoint.Zone) : null;
    }
}

using System.Collections.Immutable;
using System.IO.Hashing;
using Envoy.Config.Route.V3;
using Google.Protobuf;
using XdsCanary.XdsServer.Model;

namespace XdsCanary.XdsServer.Resources;

/// <summary>A virtual host with what it was made from.</summary>
/// <param name="Service">The service.</param>
/// <param name="Port">Its port.</param>
/// <param name="Rules">The rules of that port, in the order in which they are tried.</param>
/// <param name="Domains">The domains.</param>
/// <param name="Message">The virtual host; frozen.</param>
/// <param name="Clusters">The clusters that it names, sorted, without repeats.</param>
/// <param name="Fault">Why Envoy would not take it; null when it would.</param>
internal sealed record BuiltVirtualHost(
    Service Service,
    ServicePort Port,
    EquatableArray<TrafficSplitRule> Rules,
    EquatableArray<string> Domains,
    VirtualHost Message,
    ImmutableArray<string> Clusters,
    string? Fault)
{
    /// <summary>The virtual host as a field of a serialised route configuration.</summary>
    public ReadOnlyMemory<byte> Part { get; } = new RouteConfiguration { VirtualHosts = { Message } }.ToByteArray();

    /// <summary>
    /// Hash of the routes: differs when anything about the routing differs, matches and ports included. Not of the domains, which
    /// nodes of other namespaces have fewer of: what is routed alike for all nodes has one hash.
    /// </summary>
    public UInt128 Hash { get; private init; }

    /// <summary>Makes the virtual host of a service's port.</summary>
    /// <param name="service">The service.</param>
    /// <param name="port">An HTTP port of it.</param>
    /// <param name="rules">The rules of that port.</param>
    /// <param name="domains">The domains.</param>
    /// <param name="options">Choices.</param>
    public static BuiltVirtualHost Make(
        Service service,
        ServicePort port,
        EquatableArray<TrafficSplitRule> rules,
        EquatableArray<string> domains,
        ResourceOptions options)
    {
        var message = RouteBuilder.Build(service, port, rules.Items, domains, options);
        var clusters = message.Routes
            .Select(route => route.Route_)
            .Where(action => action is not null)
            .SelectMany(RouteBuilder.ClustersOf)
            .Distinct()
            .Order(StringComparer.Ordinal);
        var host = new BuiltVirtualHost(
            service, port, rules, domains, message, [.. clusters], VirtualHostCheck.Find(message));
        var routes = new VirtualHost { Name = message.Name, Routes = { message.Routes } };
        return host with { Hash = XxHash128.HashToUInt128(routes.ToByteArray()) };
    }

    /// <summary>Tells whether the same inputs would make the same virtual host.</summary>
    /// <param name="service">The service.</param>
    /// <param name="rules">The rules.</param>
    /// <param name="domains">The domains.</param>
    public bool IsMadeFrom(Service service, EquatableArray<TrafficSplitRule> rules, EquatableArray<string> domains) =>
        Service == service && Rules == rules && Domains == domains;
}

using System.Collections.Immutable;
using Envoy.Config.Route.V3;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Model;

namespace XdsCanary.XdsServer.Resources;

/// <summary>The route configuration of a group of nodes, with the parts that it was made of.</summary>
/// <param name="Configuration">The route configuration and the clusters that it names.</param>
/// <param name="Hosts">The virtual hosts by name, those left out included.</param>
/// <param name="Weights">The weights that stand for each service.</param>
/// <param name="Contents">A hash of each service's virtual hosts, all ports and matches.</param>
/// <param name="Findings">What was left out and why.</param>
internal sealed record RouteTable(
    NamedResource Configuration,
    ImmutableSortedDictionary<string, BuiltVirtualHost> Hosts,
    ImmutableSortedDictionary<NamespacedName, ImmutableArray<RoutedWeight>> Weights,
    ImmutableSortedDictionary<NamespacedName, UInt128> Contents,
    ImmutableArray<ObjectFinding> Findings)
{
    /// <summary>The services that the table was made for.</summary>
    public required ImmutableArray<Service> Services { get; init; }

    /// <summary>Which virtual host has which domain; follows from the services alone.</summary>
    public required DomainOwnership Ownership { get; init; }

    // What a service without a split weighs: all of it, as in percent.
    private const uint WholeWeight = 100;

    /// <summary>Makes the route configuration.</summary>
    /// <param name="services">The services that the nodes see, by name.</param>
    /// <param name="state">The mesh.</param>
    /// <param name="group">The nodes.</param>
    /// <param name="options">Choices.</param>
    /// <param name="previous">The table before, made with the same options; unchanged virtual hosts are taken from it.</param>
    public static RouteTable Make(
        ImmutableArray<Service> services, MeshState state, NodeGroup group, ResourceOptions options, RouteTable? previous)
    {
        var ports = services
            .SelectMany(service => service.Ports.Items.Where(port => port.IsHttp).Select(port => (Service: service, Port: port)))
            .ToList();
        var same = previous is not null
            && previous.Services.AsSpan().SequenceEqual(services.AsSpan(), ReferenceEqualityComparer.Instance)
            ? previous
            : null;
        var ownership = same?.Ownership ?? DomainCheck.Resolve(
            [.. ports.SelectMany(entry => DomainNames.Claims(entry.Service, entry.Port, group, options))]);

        // With the same services the virtual hosts are those of before but for the rules.
        var hosts = same?.Hosts.ToBuilder()
            ?? ImmutableSortedDictionary.CreateBuilder<string, BuiltVirtualHost>(StringComparer.Ordinal);
        foreach (var (service, port) in ports)
        {
            var name = ResourceNames.VirtualHost(service, port);
            var rules = state.RulesOf(service.Name).Items.Where(rule => rule.Port == port.Number).ToEquatableArray();
            var domains = ownership.Domains.GetValueOrDefault(name);
            var old = previous?.Hosts.GetValueOrDefault(name);
            var isUnchanged = old is not null && old.IsMadeFrom(service, rules, domains);
            if (!isUnchanged || same is null)
            {
                hosts[name] = isUnchanged ? old! : BuiltVirtualHost.Make(service, port, rules, domains, options);
            }
        }

        var table = hosts.ToImmutable();
        return new RouteTable(
            MakeConfiguration(table, previous),
            table,
            services.Where(service => service.DefaultPort is not null).ToImmutableSortedDictionary(
                service => service.Name, service => DefaultWeights(service, service.DefaultPort!, state)),
            Served(table).GroupBy(host => host.Service.Name).ToImmutableSortedDictionary(
                hosts => hosts.Key, hosts => hosts.Aggregate(UInt128.Zero, (sum, host) => sum + host.Hash)),
            ownership.Findings.AddRange(table.Values.Where(host => host.Fault is not null).Select(Quarantine)))
        {
            Services = services,
            Ownership = ownership,
        };
    }

    private static NamedResource MakeConfiguration(
        ImmutableSortedDictionary<string, BuiltVirtualHost> hosts, RouteTable? previous)
    {
        var served = Served(hosts).ToList();
        if (previous is not null && Served(previous.Hosts).SequenceEqual(served, ReferenceEqualityComparer.Instance))
        {
            return previous.Configuration;
        }

        // A route may arrive before its cluster; such requests fail, but the configuration must not be rejected for it.
        var message = new RouteConfiguration
        {
            Name = ResourceNames.RouteConfiguration,
            VirtualHosts = { served.Select(host => host.Message) },
            ValidateClusters = false,
        };
        var clusters = served.SelectMany(host => host.Clusters).Distinct().Order(StringComparer.Ordinal);
        return new NamedResource(message.Name, message, [.. clusters]);
    }

    private static IEnumerable<BuiltVirtualHost> Served(ImmutableSortedDictionary<string, BuiltVirtualHost> hosts) =>
        hosts.Values.Where(host => host.Fault is null);

    private static ImmutableArray<RoutedWeight> DefaultWeights(Service service, ServicePort port, MeshState state)
    {
        var rule = state.RulesOf(service.Name).Items
            .FirstOrDefault(candidate => candidate.Port == port.Number && candidate.CarriesWeights);
        return rule is null
            ? [new RoutedWeight(service.Name.Name, ResourceNames.Cluster(service.Name, port.Number), WholeWeight)]
            : [.. rule.Backends.Items.Select(backend => new RoutedWeight(
                backend.Service,
                ResourceNames.Cluster(service.Name with { Name = backend.Service }, port.Number),
                backend.Weight))];
    }

    private static ObjectFinding Quarantine(BuiltVirtualHost host) => new(
        new ObjectKey(string.Empty, "Service", host.Service.Name),
        new ObjectCondition(
            ConditionTypes.Accepted,
            false,
            ConditionReasons.InvalidObject,
            $"Port {host.Port.Number} has no route: {host.Fault}",
            []),
        [],
        "Correct the Service, or the TrafficSplit of which it is the root");
}

using System.Collections.Immutable;
using Envoy.Config.Route.V3;
using Google.Protobuf;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Model;

namespace XdsCanary.XdsServer.Resources;

/// <summary>The route configuration of a group of nodes, with the parts that it was made of.</summary>
/// <param name="Configuration">The route configuration and the clusters that it names.</param>
/// <param name="Hosts">The virtual hosts in the order of their names, those left out included.</param>
/// <param name="Weights">The weights that stand for each service.</param>
/// <param name="Contents">A hash of the routes of each service's virtual hosts, all ports and matches.</param>
/// <param name="Findings">What was left out and why.</param>
internal sealed record RouteTable(
    NamedResource Configuration,
    ImmutableArray<BuiltVirtualHost> Hosts,
    ImmutableSortedDictionary<NamespacedName, ImmutableArray<RoutedWeight>> Weights,
    ImmutableSortedDictionary<NamespacedName, UInt128> Contents,
    ImmutableArray<ObjectFinding> Findings)
{
    /// <summary>The namespaces that the table was made for.</summary>
    public required ImmutableArray<MeshNamespace> View { get; init; }

    /// <summary>Which virtual host has which domain; follows from the services alone.</summary>
    public required DomainOwnership Ownership { get; init; }

    // What a service without a split weighs: all of it, as in percent.
    private const uint WholeWeight = 100;

    /// <summary>Makes the route configuration.</summary>
    /// <param name="view">The namespaces that the nodes see.</param>
    /// <param name="group">The nodes.</param>
    /// <param name="options">Choices.</param>
    /// <param name="previous">The table before, made with the same options; unchanged virtual hosts are taken from it.</param>
    public static RouteTable Make(
        ImmutableArray<MeshNamespace> view, NodeGroup group, ResourceOptions options, RouteTable? previous) =>
        previous is not null && HasSameServices(previous.View, view)
            ? Change(view, options, previous)
            : MakeAnew(view, group, options, previous);

    /// <summary>Tells whether two views have the same instances of services.</summary>
    /// <param name="left">One view.</param>
    /// <param name="right">The other.</param>
    public static bool HasSameServices(ImmutableArray<MeshNamespace> left, ImmutableArray<MeshNamespace> right) =>
        left.Length == right.Length
        && left.Zip(right).All(pair => pair.First.Name == pair.Second.Name && pair.First.Services.Items == pair.Second.Services.Items);

    private static RouteTable MakeAnew(
        ImmutableArray<MeshNamespace> view, NodeGroup group, ResourceOptions options, RouteTable? previous)
    {
        var ports = view
            .SelectMany(space => space.Services.Items.SelectMany(service => HttpPorts(service).Select(port => (space, service, port))))
            .ToList();
        var ownership = DomainCheck.Resolve(
            [.. ports.SelectMany(entry => DomainNames.Claims(entry.service, entry.port, group, options))]);
        var hosts = ports
            .Select(entry => MakeHost(entry.space, entry.service, entry.port, ownership, options, previous?.Hosts ?? []))
            .OrderBy(host => host.Message.Name, StringComparer.Ordinal)
            .ToImmutableArray();
        var contents = hosts.Where(host => host.Fault is null)
            .GroupBy(host => host.Service.Name)
            .ToImmutableSortedDictionary(
                served => served.Key, served => served.Aggregate(UInt128.Zero, (sum, host) => sum + host.Hash));
        var weights = view
            .SelectMany(space => space.Services.Items.Where(service => service.DefaultPort is not null).Select(service => (space, service)))
            .ToImmutableSortedDictionary(entry => entry.service.Name, entry => DefaultWeights(entry.space, entry.service));
        return new RouteTable(
            MakeConfiguration(hosts, previous), hosts, weights, contents, FindingsOf(ownership, hosts))
        {
            View = view,
            Ownership = ownership,
        };
    }

    // With the same services the virtual hosts are those of before, but for those whose rules changed.
    private static RouteTable Change(ImmutableArray<MeshNamespace> view, ResourceOptions options, RouteTable previous)
    {
        var (hosts, weights, contents) = (previous.Hosts.ToBuilder(), previous.Weights.ToBuilder(), previous.Contents.ToBuilder());
        foreach (var (space, service) in ChangedServices(previous.View, view))
        {
            var own = HttpPorts(service)
                .Select(port => MakeHost(space, service, port, previous.Ownership, options, previous.Hosts))
                .ToList();
            foreach (var host in own)
            {
                hosts[IndexOf(previous.Hosts, host.Message.Name)] = host;
            }

            var served = own.Where(host => host.Fault is null).ToList();
            if (served.Count > 0)
            {
                contents[service.Name] = served.Aggregate(UInt128.Zero, (sum, host) => sum + host.Hash);
            }
            else
            {
                contents.Remove(service.Name);
            }

            if (service.DefaultPort is not null)
            {
                weights[service.Name] = DefaultWeights(space, service);
            }
        }

        var table = hosts.ToImmutable();
        return table.AsSpan().SequenceEqual(previous.Hosts.AsSpan(), ReferenceEqualityComparer.Instance)
            ? previous with { View = view }
            : new RouteTable(
                MakeConfiguration(table, previous),
                table,
                weights.ToImmutable(),
                contents.ToImmutable(),
                FindingsOf(previous.Ownership, table))
            {
                View = view,
                Ownership = previous.Ownership,
            };
    }

    private static IEnumerable<(MeshNamespace Space, Service Service)> ChangedServices(
        ImmutableArray<MeshNamespace> before, ImmutableArray<MeshNamespace> view) =>
        from pair in before.Zip(view)
        where !ReferenceEquals(pair.First.Rules, pair.Second.Rules)
        from root in pair.Second.ChangedRoots(pair.First)
        let service = pair.Second.FindService(root)
        where service is not null
        select (pair.Second, service);

    private static IEnumerable<ServicePort> HttpPorts(Service service) => service.Ports.Items.Where(port => port.IsHttp);

    private static BuiltVirtualHost MakeHost(
        MeshNamespace space,
        Service service,
        ServicePort port,
        DomainOwnership ownership,
        ResourceOptions options,
        ImmutableArray<BuiltVirtualHost> before)
    {
        var name = ResourceNames.VirtualHost(service, port);
        var rules = space.RulesOf(service.Name).Items.Where(rule => rule.Port == port.Number).ToEquatableArray();
        var domains = ownership.Domains.GetValueOrDefault(name);
        return IndexOf(before, name) is >= 0 and var index && before[index].IsMadeFrom(service, rules, domains)
            ? before[index]
            : BuiltVirtualHost.Make(service, port, rules, domains, options);
    }

    // Below zero for a name that is not there.
    private static int IndexOf(ImmutableArray<BuiltVirtualHost> hosts, string name)
    {
        int low = 0, high = hosts.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = string.CompareOrdinal(hosts[middle].Message.Name, name);
            if (order == 0)
            {
                return middle;
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return -1;
    }

    private static NamedResource MakeConfiguration(
        ImmutableArray<BuiltVirtualHost> hosts, RouteTable? previous)
    {
        var served = Served(hosts).ToList();
        var before = previous is null ? null : Served(previous.Hosts).ToList();
        if (before?.SequenceEqual(served, ReferenceEqualityComparer.Instance) == true)
        {
            return previous!.Configuration;
        }

        // A route may arrive before its cluster; such requests fail, but the configuration must not be rejected for it.
        var message = new RouteConfiguration
        {
            Name = ResourceNames.RouteConfiguration,
            VirtualHosts = { served.Select(host => host.Message) },
            ValidateClusters = false,
        };
        var hasSameClusters = before?.Count == served.Count && before.Zip(served).All(pair =>
            ReferenceEquals(pair.First, pair.Second) || pair.First.Clusters.AsSpan().SequenceEqual(pair.Second.Clusters.AsSpan()));
        return new NamedResource(
            message.Name,
            message,
            hasSameClusters
                ? previous!.Configuration.References
                : [.. served.SelectMany(host => host.Clusters).Distinct().Order(StringComparer.Ordinal)])
        {
            // In the order of the fields' numbers, as the message would be written.
            Parts =
            [
                new RouteConfiguration { Name = message.Name }.ToByteArray(),
                .. served.Select(host => host.Part),
                new RouteConfiguration { ValidateClusters = message.ValidateClusters }.ToByteArray(),
            ],
        };
    }

    private static IEnumerable<BuiltVirtualHost> Served(ImmutableArray<BuiltVirtualHost> hosts) =>
        hosts.Where(host => host.Fault is null);

    private static ImmutableArray<ObjectFinding> FindingsOf(
        DomainOwnership ownership, ImmutableArray<BuiltVirtualHost> hosts) =>
        ownership.Findings.AddRange(hosts.Where(host => host.Fault is not null).Select(Quarantine));

    // A default port that no backend has says nothing of how the requests to the others are shared.
    private static ImmutableArray<RoutedWeight> DefaultWeights(MeshNamespace space, Service service)
    {
        var port = service.DefaultPort!;
        var rules = space.RulesOf(service.Name).Items.Where(rule => rule.CarriesWeights).ToList();
        var rule = rules.FirstOrDefault(candidate => candidate.Port == port.Number);
        if (rule is { Backends.Count: 0 })
        {
            rule = HttpPorts(service)
                .Select(other => rules.FirstOrDefault(candidate => candidate.Port == other.Number))
                .FirstOrDefault(candidate => candidate is { Backends.Count: > 0 }) ?? rule;
        }

        return rule is null
            ? [new RoutedWeight(service.Name.Name, ResourceNames.Cluster(service.Name, port.Number), WholeWeight)]
            : [.. rule.Backends.Items.Select(backend => new RoutedWeight(
                backend.Service,
                ResourceNames.Cluster(service.Name with { Name = backend.Service }, rule.Port),
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

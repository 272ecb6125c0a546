using System.Collections.Immutable;

namespace XdsCanary.DemoProxy.Model;

/// <summary>One route of a virtual host.</summary>
/// <param name="Name">Its name; may be empty.</param>
/// <param name="Match">When it applies.</param>
/// <param name="Action">What it does.</param>
internal sealed record Route(string Name, RouteMatch Match, RouteAction Action);

/// <summary>The routes for a set of domains.</summary>
/// <param name="Name">The virtual host's name.</param>
/// <param name="Domains">Its domains.</param>
/// <param name="Routes">Its routes; the first that matches counts.</param>
internal sealed record VirtualHost(string Name, ImmutableArray<string> Domains, ImmutableArray<Route> Routes)
{
    /// <summary>The first route that matches a request; null when none does.</summary>
    /// <param name="request">The request.</param>
    public Route? Find(RequestFacts request)
    {
        foreach (var route in Routes)
        {
            if (route.Match.Matches(request))
            {
                return route;
            }
        }

        return null;
    }
}

/// <summary>A route configuration, ready to be asked.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Hosts">Finds the virtual host of an authority.</param>
/// <param name="IgnorePort">Whether the port in the authority is left out of the comparison.</param>
internal sealed record RouteTable(string Name, DomainIndex Hosts, bool IgnorePort)
{
    /// <summary>A table that matches nothing.</summary>
    public static RouteTable Empty { get; } = new(string.Empty, DomainIndex.Create([]), IgnorePort: false);

    /// <summary>The route for a request; null when no virtual host or no route matches, which Envoy answers with 404.</summary>
    /// <param name="request">The request.</param>
    /// <param name="ignorePort">Whether the listener leaves the port out as well.</param>
    public Route? Find(RequestFacts request, bool ignorePort) =>
        Hosts.Find(Authority.Normalize(request.Authority, IgnorePort || ignorePort))?.Find(request);
}

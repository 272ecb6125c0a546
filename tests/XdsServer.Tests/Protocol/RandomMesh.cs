using System.Globalization;

namespace XdsCanary.XdsServer.Tests.Protocol;

/// <summary>A mesh that changes at random and is consistent after every change.</summary>
internal static class RandomMesh
{
    public static readonly string[] Services = Named("s", 4);

    public static readonly string[] Routes = Named("r", 3);

    public static readonly string[] Listeners = Named("l", 2);

    /// <summary>Makes one change; which one is told by the step's numbers.</summary>
    public static TestMesh Change(TestMesh mesh, Step step)
    {
        var service = Services[step.B % Services.Length];
        var route = Routes[step.B % Routes.Length];
        var listener = Listeners[step.B % Listeners.Length];
        var changed = (step.A % 8) switch
        {
            0 => mesh.WithoutService(service),
            1 when mesh.Clusters.ContainsKey(service) => mesh.WithCluster(service, mesh.Clusters[service] + 1),
            2 when mesh.Clusters.ContainsKey(service) => mesh.WithEndpoints(service, mesh.Endpoints[service] + 1),
            <= 3 => mesh.WithService(service, 1 + (step.C % 2)),
            4 => mesh.WithRoute(route, step.C % 2, Chosen(Services, step.B + step.C)),
            5 => mesh.WithoutRoute(route),
            6 => mesh.WithListener(listener, step.C % 2, Chosen(Routes, step.B + step.C)),
            _ => mesh.WithoutListener(listener),
        };
        return Consistent(changed);
    }

    /// <summary>Gives everything a new content.</summary>
    public static TestMesh TouchAll(TestMesh mesh)
    {
        var touched = mesh;
        foreach (var name in mesh.Clusters.Keys)
        {
            touched = touched.WithService(name, mesh.Clusters[name] + 100, mesh.Endpoints[name] + 100);
        }

        foreach (var (name, route) in mesh.Routes)
        {
            touched = touched.WithRoute(name, route.Revision + 100, [.. route.Uses]);
        }

        foreach (var (name, listener) in mesh.Listeners)
        {
            touched = touched.WithListener(name, listener.Revision + 100, [.. listener.Uses]);
        }

        return touched;
    }

    private static TestMesh Consistent(TestMesh mesh)
    {
        foreach (var (name, route) in mesh.Routes)
        {
            mesh = mesh.WithRoute(name, route.Revision, [.. route.Uses.Where(mesh.Clusters.ContainsKey)]);
        }

        foreach (var (name, listener) in mesh.Listeners)
        {
            mesh = mesh.WithListener(name, listener.Revision, [.. listener.Uses.Where(mesh.Routes.ContainsKey)]);
        }

        return mesh;
    }

    private static string[] Chosen(string[] names, int mask) => [.. names.Where((_, i) => (mask >> i) % 2 == 0)];

    private static string[] Named(string prefix, int count) =>
        [.. Enumerable.Range(0, count).Select(i => prefix + i.ToString(CultureInfo.InvariantCulture))];
}

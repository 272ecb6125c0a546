using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace XdsCanary.XdsServer.Hosting;

/// <summary>
/// Marks connections with the port that they came in by, so that the admin endpoints do not answer on the xDS port, whose
/// clients are not trusted with them, and the other way round.
/// </summary>
internal enum ListenerRole
{
    /// <summary>The port for Envoys.</summary>
    Xds,

    /// <summary>The port for people and probes.</summary>
    Admin,
}

/// <summary>Sets and checks the mark.</summary>
internal static class ListenerRoles
{
    private static readonly object Key = new();

    /// <summary>Marks the connections of a port.</summary>
    /// <param name="listen">The port.</param>
    /// <param name="role">The mark.</param>
    public static void Mark(this ListenOptions listen, ListenerRole role) => listen.Use(next => connection =>
    {
        connection.Items[Key] = role;
        return next(connection);
    });

    /// <summary>Answers 404 to requests for endpoints of the other port.</summary>
    /// <param name="app">The application; call it before the endpoints run.</param>
    public static void UseListenerRoles(this WebApplication app) => app.Use((context, next) =>
    {
        var role = context.Features.Get<IConnectionItemsFeature>()?.Items.TryGetValue(Key, out var mark) == true
            ? (ListenerRole?)mark
            : null;
        if (context.GetEndpoint()?.Metadata.GetMetadata<ListenerRoleMetadata>() is { } wanted && wanted.Role != role)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        return next(context);
    });

    /// <summary>Restricts endpoints to a port.</summary>
    /// <param name="endpoints">The endpoints.</param>
    /// <param name="role">The port.</param>
    public static TBuilder OnlyOn<TBuilder>(this TBuilder endpoints, ListenerRole role)
        where TBuilder : IEndpointConventionBuilder
    {
        endpoints.Add(builder => builder.Metadata.Add(new ListenerRoleMetadata(role)));
        return endpoints;
    }

    private sealed record ListenerRoleMetadata(ListenerRole Role);
}

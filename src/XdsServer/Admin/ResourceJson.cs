using System.Text.Json.Nodes;
using Envoy.Config.Cluster.V3;
using Envoy.Config.Endpoint.V3;
using Envoy.Config.Listener.V3;
using Envoy.Config.Route.V3;
using Envoy.Extensions.Filters.Http.Router.V3;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Envoy.Extensions.TransportSockets.Tls.V3;
using Envoy.Extensions.Upstreams.Http.V3;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using XdsCanary.XdsServer.Snapshots;

namespace XdsCanary.XdsServer.Admin;

/// <summary>Renders resources in the JSON form of protobuf, extensions included, as Envoy's own config dump does. Thread-safe.</summary>
internal sealed class ResourceJson
{
    private readonly JsonFormatter _formatter = new(JsonFormatter.Settings.Default
        .WithPreserveProtoFieldNames(true)
        .WithTypeRegistry(TypeRegistry.FromFiles(
            ClusterReflection.Descriptor,
            EndpointReflection.Descriptor,
            ListenerReflection.Descriptor,
            RouteReflection.Descriptor,
            RouterReflection.Descriptor,
            HttpConnectionManagerReflection.Descriptor,
            HttpProtocolOptionsReflection.Descriptor,
            TlsReflection.Descriptor)));

    /// <summary>Renders one resource.</summary>
    /// <param name="resource">The resource.</param>
    public JsonNode Render(VersionedResource resource) => JsonNode.Parse(_formatter.Format(resource.Source.Message))!;

    /// <summary>Renders a whole snapshot: an object with a list for each type.</summary>
    /// <param name="snapshot">The snapshot.</param>
    public JsonObject Render(XdsSnapshot snapshot)
    {
        var all = new JsonObject();
        foreach (var typed in snapshot.Types)
        {
            all[typed.Type.Label] = new JsonArray([.. typed.Items.Select(Render)]);
        }

        return all;
    }
}

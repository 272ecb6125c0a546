using System.Text.Json.Nodes;

namespace XdsCanary.TestKit.Cluster;

/// <summary>Writes kubeconfigs of one user.</summary>
internal static class Kubeconfig
{
    /// <summary>The text, which is JSON, and so YAML.</summary>
    /// <param name="server">The API server's address.</param>
    /// <param name="certificateFile">The certificate by which it is known, copied into the text.</param>
    /// <param name="token">The user's bearer token.</param>
    /// <param name="place">The namespace that is meant where none is given.</param>
    public static string Write(Uri server, string certificateFile, string token, string place) => new JsonObject
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Config",
        ["current-context"] = "test",
        ["clusters"] = Named("test", "cluster", new JsonObject
        {
            ["server"] = server.GetLeftPart(UriPartial.Authority),
            ["certificate-authority-data"] = Convert.ToBase64String(File.ReadAllBytes(certificateFile)),
        }),
        ["users"] = Named("test", "user", new JsonObject { ["token"] = token }),
        ["contexts"] = Named("test", "context", new JsonObject { ["cluster"] = "test", ["user"] = "test", ["namespace"] = place }),
    }.ToJsonString();

    private static JsonArray Named(string name, string field, JsonObject value) => [new JsonObject { ["name"] = name, [field] = value }];
}

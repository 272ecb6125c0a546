using System.Text.Json.Nodes;
using XdsCanary.TestKit.Cluster;

namespace XdsCanary.Kubernetes.Tests.Guide;

/// <summary>A request that the API server has answered, as its audit log tells.</summary>
/// <param name="User">Who made it.</param>
/// <param name="Right">What it needed.</param>
/// <param name="Namespace">Where; empty for what is in no namespace or in all.</param>
/// <param name="Code">The status of the answer.</param>
/// <param name="Uri">Its path.</param>
public sealed record AuditedRequest(string User, Right Right, string Namespace, int Code, string Uri)
{
    /// <summary>A policy that keeps what service accounts ask, without bodies.</summary>
    public const string Policy =
        """
        apiVersion: audit.k8s.io/v1
        kind: Policy
        omitStages: [RequestReceived]
        rules:
        - {level: Metadata, userGroups: ["system:serviceaccounts:test"]}
        - {level: None}
        """;

    /// <summary>Reads a log; a line that is being written is left out.</summary>
    /// <param name="file">The file's path.</param>
    public static async Task<IReadOnlyList<AuditedRequest>> ReadAsync(string file)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return
        [
            .. (await reader.ReadToEndAsync()).Split('\n')
                .Where(line => line.EndsWith('}'))
                .Select(line => JsonNode.Parse(line)!)
                .Select(Read),
        ];
    }

    private static AuditedRequest Read(JsonNode line)
    {
        var resource = line.Text("objectRef", "resource") ?? string.Empty;
        var part = line.Text("objectRef", "subresource");
        return new AuditedRequest(
            line.Text("user", "username") ?? string.Empty,
            new Right(
                line.Text("objectRef", "apiGroup") ?? string.Empty,
                part is null ? resource : $"{resource}/{part}",
                line.Text("verb") ?? string.Empty),
            line.Text("objectRef", "namespace") ?? string.Empty,
            line.Number("responseStatus", "code") ?? 0,
            line.Text("requestURI") ?? string.Empty);
    }
}

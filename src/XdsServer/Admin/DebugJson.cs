using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.XdsServer.Protocol;

namespace XdsCanary.XdsServer.Admin;

/// <summary>One type of one stream in <c>/debug/streams</c>.</summary>
internal sealed record TypeView(
    string Type,
    bool Wildcard,
    int Names,
    string? SentVersion,
    string? AckedVersion,
    DateTimeOffset? AckedAt,
    long? AckedGeneration,
    bool AckPending,
    int HeldRemovals,
    NackView? Nack,
    TypeTotals Totals);

/// <summary>A rejection in <c>/debug/streams</c>.</summary>
internal sealed record NackView(string Version, int Code, string Message, int Streak);

/// <summary>One stream in <c>/debug/streams</c>.</summary>
internal sealed record StreamView(
    long Id,
    string? Node,
    string? Cluster,
    string? UserAgent,
    string? Group,
    string Peer,
    DateTimeOffset Opened,
    string Variant,
    ImmutableArray<TypeView> Types);

/// <summary>One type of one snapshot in <c>/debug/snapshots</c>.</summary>
internal sealed record SnapshotTypeView(string Type, string Version, int Resources, long Bytes);

/// <summary>One node group's snapshot in <c>/debug/snapshots</c>.</summary>
internal sealed record SnapshotView(string Group, long Generation, int Streams, ImmutableArray<SnapshotTypeView> Types);

/// <summary>A condition of an object in <c>/debug/objects</c>.</summary>
internal sealed record ConditionView(string Type, string Status, string Reason, string Message, ImmutableArray<string> Problems);

/// <summary>One object in <c>/debug/objects</c>.</summary>
internal sealed record ObjectView(
    string Kind,
    string Namespace,
    string Name,
    string Origin,
    bool LastGoodInUse,
    ImmutableArray<ConditionView> Conditions);

/// <summary>The content of <c>/debug/objects</c>.</summary>
internal sealed record ObjectsView(long Revision, ImmutableArray<string> UnreadableDocuments, ImmutableArray<ObjectView> Objects);

/// <summary>The content of <c>/debug/convergence</c>.</summary>
internal sealed record ConvergenceView(
    string Service,
    bool IsLive,
    int Proxies,
    int Converged,
    ImmutableArray<BackendWeight> Wanted,
    ImmutableArray<BackendWeight>? Acknowledged,
    ImmutableArray<LaggingProxy> Lagging);

/// <summary>An answer to a request that can't be served.</summary>
internal sealed record ErrorView(string Error);

/// <summary>JSON of the admin port, generated at compile time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true)]
[JsonSerializable(typeof(ImmutableArray<StreamView>))]
[JsonSerializable(typeof(ImmutableArray<SnapshotView>))]
[JsonSerializable(typeof(ObjectsView))]
[JsonSerializable(typeof(ConvergenceView))]
[JsonSerializable(typeof(ErrorView))]
[JsonSerializable(typeof(JsonObject))]
internal sealed partial class DebugJson : JsonSerializerContext;

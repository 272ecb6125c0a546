using System.Collections.Immutable;
using System.Text.Json.Nodes;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Ingest;
using XdsCanary.XdsServer.Model;
using XdsCanary.XdsServer.Protocol;
using XdsCanary.XdsServer.Streams;

namespace XdsCanary.XdsServer.Admin;

/// <summary>Turns the server's state into what the debug endpoints show. Thread-safe.</summary>
/// <param name="registry">The open streams.</param>
/// <param name="publisher">The snapshots.</param>
/// <param name="reports">The objects.</param>
/// <param name="convergence">The live weights.</param>
/// <param name="json">Renders resources.</param>
internal sealed class DebugViews(
    StreamRegistry registry,
    SnapshotPublisher publisher,
    MeshReports reports,
    IConvergenceProbe convergence,
    ResourceJson json)
{
    /// <summary>The open streams, oldest first.</summary>
    public ImmutableArray<StreamView> Streams() => [.. registry.Streams.OrderBy(stream => stream.Id).Select(View)];

    /// <summary>The current snapshots.</summary>
    public ImmutableArray<SnapshotView> Snapshots() =>
    [
        .. publisher.Groups.Where(group => group.Current is not null).Select(group => new SnapshotView(
            group.Group.ToString(),
            group.Current!.Generation,
            group.Followers,
            [
                .. group.Current.Types.Select(typed => new SnapshotTypeView(
                    typed.Type.Label, typed.Version, typed.Items.Length, typed.Items.Sum(item => (long)item.Packed.Length))),
            ])),
    ];

    /// <summary>The resources of one group's snapshot.</summary>
    /// <param name="group">The group as <see cref="Snapshots"/> names it.</param>
    /// <returns>The resources, or null when there is no such group.</returns>
    public JsonObject? Snapshot(string group) =>
        publisher.Groups.FirstOrDefault(candidate => candidate.Group.ToString() == group)?.Current is { } snapshot
            ? json.Render(snapshot)
            : null;

    /// <summary>The objects with their conditions.</summary>
    public ObjectsView Objects() => new(
        reports.Objects.Revision,
        [.. reports.Objects.Problems.Select(problem => problem.ToString())],
        [.. reports.Reports.Select(View)]);

    /// <summary>The live weights of a service.</summary>
    /// <param name="service">The service.</param>
    public ConvergenceView Convergence(NamespacedName service)
    {
        var state = convergence.Describe(service);
        return new ConvergenceView(
            service.ToString(), state.IsLive, state.Proxies, state.Converged, state.Wanted, state.Acknowledged, state.Lagging);
    }

    private static StreamView View(StreamRecord stream) => new(
        stream.Id,
        stream.Node?.Id,
        stream.Node?.Cluster,
        stream.Node?.UserAgent,
        stream.Node?.Group.ToString(),
        stream.Peer,
        stream.Opened,
        stream.State.Variant == XdsVariant.Delta ? "delta" : "sotw",
        [.. stream.State.Types.Select(type => View(type, stream.Opened))]);

    private static TypeView View(TypeState type, DateTimeOffset opened) => new(
        type.Type.ToString(),
        type.Subscription.Wildcard,
        type.Subscription.Names.Count,
        type.LastNonce.Length == 0 ? null : type.Sent.Version,
        type.AckedVersion,
        opened + type.AckedAt,
        type.AckedWeights?.Generation,
        type.Outstanding is not null,
        type.Held.Length,
        type.Nack is { } nack ? new NackView(nack.Version, nack.Reason.Code, nack.Reason.Message, nack.Streak) : null,
        type.Totals);

    private static ObjectView View(ObjectReport report) => new(
        report.Key.Kind,
        report.Key.Name.Namespace,
        report.Key.Name.Name,
        report.Origin.ToString(),
        report.LastGoodInUse,
        [
            .. report.Conditions.Items.Select(condition => new ConditionView(
                condition.Type,
                condition.Status ? "True" : "False",
                condition.Reason,
                condition.Message,
                [.. condition.Problems.Items.Select(problem => problem.ToString())])),
        ]);
}

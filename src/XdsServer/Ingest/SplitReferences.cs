using System.Collections.Immutable;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Model;

namespace XdsCanary.XdsServer.Ingest;

/// <summary>
/// Looks up what a split refers to besides its backends. A split that lacks something is not applied at all: taking more
/// requests than it was meant for would be worse. Used by one assembly, then dropped.
/// </summary>
/// <param name="decoded">The objects.</param>
/// <param name="services">The services.</param>
/// <param name="options">Choices.</param>
/// <param name="notes">Takes the findings.</param>
internal sealed class SplitReferences(
    ImmutableDictionary<ObjectKey, DecodedObject> decoded,
    IReadOnlyDictionary<NamespacedName, ServiceValue> services,
    MeshOptions options,
    ReportNotes notes)
{
    /// <summary>Looks up the root and the matches of a split.</summary>
    /// <param name="key">The split's key.</param>
    /// <param name="split">The split.</param>
    /// <returns>The split with both; null when it is not to be applied.</returns>
    public ActiveSplit? Find(ObjectKey key, TrafficSplitValue split)
    {
        var root = FindRoot(key, split);
        var matches = split.Matches.Count == 0 ? null : FindMatches(key, split);
        if (split.IsSkipped || root?.IsSkipped == true)
        {
            notes.Inform(key, ConditionReasons.Skipped, $"It is not applied, as the annotation {MeshAnnotations.Skip} asks");
            return null;
        }

        return root is null || (split.Matches.Count > 0 && matches is null)
            ? null
            : new ActiveSplit(key, split, root.Service, matches);
    }

    private ServiceValue? FindRoot(ObjectKey key, TrafficSplitValue split)
    {
        var name = ServiceReference.Resolve(split.Root.Text, split.Name.Namespace, options.ClusterDomain);
        if (name is null)
        {
            notes.Warn(
                key, ConditionTypes.Accepted, ConditionReasons.CrossNamespace,
                $"Root '{split.Root.Text}' is not a Service of namespace '{split.Name.Namespace}'", split.Root,
                "Put the split into the namespace of its root");
            return null;
        }

        var root = services.GetValueOrDefault(new NamespacedName(split.Name.Namespace, name));
        if (root is null)
        {
            notes.Warn(
                key, ConditionTypes.ResolvedRefs, ConditionReasons.RootNotFound,
                $"There is no Service '{name}' to split", split.Root, $"Make the Service '{name}', or correct the name");
        }
        else if (root.Service.DefaultPort is null)
        {
            notes.Warn(
                key, ConditionTypes.Accepted, ConditionReasons.NoHttpPort,
                $"Service '{name}' has no HTTP port, so there are no requests to split", split.Root,
                "Set appProtocol of the port to http, or remove the split");
        }

        return root;
    }

    private EquatableArray<RouteMatch>? FindMatches(ObjectKey key, TrafficSplitValue split)
    {
        var found = new List<RouteMatch>();
        var isWhole = true;
        foreach (var reference in split.Matches)
        {
            if (FindGroup(key, split, reference) is { } group)
            {
                found.AddRange(group.Matches.Items.Select(Anchor));
            }
            else
            {
                isWhole = false;
            }
        }

        return isWhole ? found.Distinct().ToEquatableArray() : null;
    }

    private HttpRouteGroupValue? FindGroup(ObjectKey key, TrafficSplitValue split, SplitMatch reference)
    {
        var name = reference.Name;
        var isKind = reference.Kind.Text == "HTTPRouteGroup";
        if (!isKind || reference.Group.Text is not ("" or MeshKinds.SpecsGroup))
        {
            var place = isKind ? reference.Group : reference.Kind;
            Warn(key, place, ConditionReasons.UnsupportedMatch,
                $"'{place.Text}' is not a supported {(isKind ? "API group" : "kind")} of match",
                $"Refer to an HTTPRouteGroup of {MeshKinds.SpecsGroup}");
            return null;
        }

        var groupKey = new ObjectKey(
            MeshKinds.SpecsGroup, "HTTPRouteGroup", new NamespacedName(split.Name.Namespace, name.Text));
        if (!decoded.TryGetValue(groupKey, out var item))
        {
            Warn(key, name, ConditionReasons.MatchNotFound, $"There is no HTTPRouteGroup '{name.Text}'",
                $"Make the HTTPRouteGroup '{name.Text}', or correct the name");
            return null;
        }

        if (item.Value is not HttpRouteGroupValue group)
        {
            Warn(key, name, item.Result.Reason, $"HTTPRouteGroup '{name.Text}' has faults",
                $"Mend the HTTPRouteGroup '{name.Text}'");
            return null;
        }

        if (group.Matches.Count == 0)
        {
            Warn(key, name, ConditionReasons.EmptyRouteGroup, $"HTTPRouteGroup '{name.Text}' has no matches",
                "List the matches under spec.matches");
        }

        return group;
    }

    private RouteMatch Anchor(RouteMatch match) => match.PathRegex is null
        ? match
        : match with { PathRegex = PathAnchoring.Apply(match.PathRegex, options.RegexAnchoring) };

    private void Warn(ObjectKey key, PlacedText place, string reason, string message, string fix) =>
        notes.Warn(key, ConditionTypes.ResolvedRefs, reason, message, place, fix);
}

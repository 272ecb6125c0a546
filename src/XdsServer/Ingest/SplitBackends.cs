using System.Collections.Immutable;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Ingest.Weights;
using XdsCanary.XdsServer.Model;

namespace XdsCanary.XdsServer.Ingest;

/// <summary>How the requests to one port are shared.</summary>
/// <param name="Backends">The backends, by name; empty when nobody may take a request.</param>
/// <param name="Refusal">With no backends, why; otherwise null.</param>
internal sealed record BackendShares(EquatableArray<WeightedBackend> Backends, string? Refusal);

/// <summary>
/// Looks up the backends of splits and works out their weights. A backend is always a service's own endpoints: one that is the
/// root of a split, of this or of another one, is not split again (SMI specification, traffic-split). Used by one assembly,
/// then dropped.
/// </summary>
/// <param name="services">The services.</param>
/// <param name="roots">The services that have a split.</param>
/// <param name="options">Choices.</param>
/// <param name="notes">Takes the findings.</param>
internal sealed class SplitBackends(
    IReadOnlyDictionary<NamespacedName, ServiceValue> services,
    IReadOnlySet<NamespacedName> roots,
    MeshOptions options,
    ReportNotes notes)
{
    /// <summary>Works out the shares for each HTTP port of a split's root.</summary>
    /// <param name="split">The split.</param>
    /// <returns>The shares by port number.</returns>
    public ImmutableSortedDictionary<int, BackendShares> Resolve(ActiveSplit split)
    {
        var found = FindBackends(split);
        return split.Root.Ports.Items
            .Where(port => port.IsHttp)
            .ToImmutableSortedDictionary(port => port.Number, port => Share(split, port.Number, found));
    }

    private SortedDictionary<string, Candidate> FindBackends(ActiveSplit split)
    {
        var found = new SortedDictionary<string, Candidate>(StringComparer.Ordinal);
        foreach (var backend in split.Value.Backends)
        {
            var place = backend.Service;
            var name = ServiceReference.Resolve(place.Text, split.Value.Name.Namespace, options.ClusterDomain);
            if (name is null)
            {
                Warn(split, place, ConditionReasons.CrossNamespace,
                    $"Backend '{place.Text}' is not a Service of namespace '{split.Value.Name.Namespace}' and gets no traffic",
                    "Name a Service of the split's own namespace");
            }
            else if (found.TryGetValue(name, out var twin))
            {
                found[name] = twin with { Weight = twin.Weight + backend.Weight };
                notes.Inform(split.Key, ConditionReasons.DuplicateBackend, $"Backend '{name}' is listed twice; its weights are added");
            }
            else if (services.GetValueOrDefault(split.Root.Name with { Name = name }) is not { } service)
            {
                Warn(split, place, ConditionReasons.BackendNotFound,
                    $"There is no Service '{name}'; the other backends share its part", $"Make the Service '{name}', or correct the name");
            }
            else
            {
                found[name] = new Candidate(service.Service, backend.Weight);
                CheckPorts(split, place, service.Service);
                CheckNesting(split, service.Service);
            }
        }

        return found;
    }

    private void CheckPorts(ActiveSplit split, PlacedText place, Service backend)
    {
        var lacking = split.Root.Ports.Items.Where(port => port.IsHttp && !HasPort(backend, port.Number)).ToList();
        if (lacking.Count > 0)
        {
            var numbers = string.Join(", ", lacking.Select(port => port.Number));
            Warn(split, place, ConditionReasons.BackendPortMismatch,
                $"Service '{backend.Name.Name}' lacks port {numbers} of '{split.Root.Name.Name}' and gets no traffic of it",
                $"Give the Service '{backend.Name.Name}' the port {numbers}");
        }
    }

    private void CheckNesting(ActiveSplit split, Service backend)
    {
        if (backend.Name != split.Root.Name && roots.Contains(backend.Name))
        {
            notes.Inform(
                split.Key, ConditionReasons.NestedSplit,
                $"Backend '{backend.Name.Name}' has a split of its own, which is not applied to this one's traffic");
        }
    }

    private BackendShares Share(ActiveSplit split, int port, SortedDictionary<string, Candidate> found)
    {
        var eligible = found.Where(entry => HasPort(entry.Value.Service, port)).ToImmutableArray();
        if (eligible.Any(entry => entry.Value.Weight.Sign > 0))
        {
            var weights = WeightNormaliser.Normalise([.. eligible.Select(entry => entry.Value.Weight)]);
            return new BackendShares(
                eligible.Select((entry, index) => new WeightedBackend(entry.Key, weights[index])).ToEquatableArray(), null);
        }

        var reason = eligible.Length == 0
            ? $"none of its backends exists with port {port}"
            : $"no backend with port {port} has a weight above 0";
        notes.Warn(
            split.Key, ConditionTypes.Accepted, ConditionReasons.ZeroTotalWeight,
            $"Requests to '{split.Root.Name.Name}:{port}' are refused: {reason}", split.Value.Root,
            "Give a backend that exists a weight above 0, or remove the split");
        return new BackendShares([], $"TrafficSplit {split.Value.Name}: {reason}");
    }

    private static bool HasPort(Service service, int number) => service.Port(number) is { Protocol: not PortProtocol.Udp };

    private void Warn(ActiveSplit split, PlacedText place, string reason, string message, string fix) =>
        notes.Warn(split.Key, ConditionTypes.ResolvedRefs, reason, message, place, fix);

    /// <summary>A backend that exists, with the sum of its weights.</summary>
    private sealed record Candidate(Service Service, Rational Weight);
}

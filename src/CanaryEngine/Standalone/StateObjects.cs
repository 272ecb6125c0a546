using System.Buffers;
using System.Text;
using System.Text.Json;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Resources;
using XdsCanary.KubeRuntime.Documents;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Standalone;

/// <summary>
/// The objects that a canary's state stands for, the same that exist in Kubernetes: the Services of primary and canary with their
/// EndpointSlices, and the TrafficSplit. The traffic half reads them like any others. Pure.
/// </summary>
internal static class StateObjects
{
    /// <summary>The objects of a service and its endpoints.</summary>
    /// <param name="state">The state.</param>
    /// <param name="name">The service's name.</param>
    /// <param name="snapshot">What it serves.</param>
    public static IEnumerable<SourceObject> Workload(CanaryState state, string name, TargetSnapshot snapshot)
    {
        yield return Service(state, name, snapshot.Spec);
        for (var index = 0; index < snapshot.Slices.Count; index++)
        {
            yield return Slice(state, name, index, snapshot.Slices[index]);
        }
    }

    /// <summary>A Service without endpoints of its own: the apex, when nobody else has made it.</summary>
    public static SourceObject Service(CanaryState state, string name, string spec) => Parse(state, writer =>
    {
        WriteHead(writer, "v1", "Service", state, name);
        writer.WriteEndObject();
        writer.WritePropertyName("spec");
        writer.WriteRawValue(spec);
    });

    /// <summary>The TrafficSplit, with the canary before the primary as Flagger writes it.</summary>
    public static SourceObject Split(CanaryState state, TrafficPlan plan) => Parse(state, writer =>
    {
        WriteHead(writer, "split.smi-spec.io/v1alpha2", "TrafficSplit", state, state.Apex);
        if (RoutingJson.Of(state.Apex, plan) is { } routing)
        {
            writer.WriteStartObject("annotations");
            writer.WriteString(RoutingJson.Annotation, routing);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.WriteStartObject("spec");
        writer.WriteString("service", state.Apex);
        writer.WriteStartArray("backends");
        WriteBackend(writer, $"{state.Apex}-canary", plan.Canary);
        WriteBackend(writer, $"{state.Apex}-primary", plan.Primary);
        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    private static SourceObject Slice(CanaryState state, string service, int index, string content) => Parse(state, writer =>
    {
        WriteHead(writer, "discovery.k8s.io/v1", "EndpointSlice", state, $"{service}-{index}");
        writer.WriteStartObject("labels");
        writer.WriteString(TargetReader.ServiceLabel, service);
        writer.WriteEndObject();
        writer.WriteEndObject();
        using var fields = JsonDocument.Parse(content);
        foreach (var field in fields.RootElement.EnumerateObject())
        {
            field.WriteTo(writer);
        }
    });

    private static void WriteHead(Utf8JsonWriter writer, string apiVersion, string kind, CanaryState state, string name)
    {
        writer.WriteString("apiVersion", apiVersion);
        writer.WriteString("kind", kind);
        writer.WriteStartObject("metadata");
        writer.WriteString("name", name);
        writer.WriteString("namespace", state.Key.Namespace);
    }

    private static void WriteBackend(Utf8JsonWriter writer, string service, int weight)
    {
        writer.WriteStartObject();
        writer.WriteString("service", service);
        writer.WriteNumber("weight", weight);
        writer.WriteEndObject();
    }

    private static SourceObject Parse(CanaryState state, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        var document = DocumentReader.Read(Encoding.UTF8.GetString(buffer.WrittenSpan), DocumentSyntax.Json)[0];
        var reading = ObjectReader.Read(document, $"(made for canary {state.Key})", state.Key.Namespace);
        return reading.Objects[0];
    }
}

using System.Buffers;
using System.Text;
using System.Text.Json;
using XdsCanary.DemoProxy.Xds;

namespace XdsCanary.DemoProxy.Admin;

/// <summary>Writes what the client holds as JSON: names and versions, and which clusters are still warming.</summary>
internal static class ConfigDump
{
    private static readonly JsonWriterOptions Readable = new() { Indented = true };

    /// <summary>Writes a state.</summary>
    /// <param name="state">The state.</param>
    public static string Write(XdsClientState state)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, Readable))
        {
            json.WriteStartObject();
            WriteHeld(json, "listeners", state.Listeners, state.ActiveListeners.ContainsKey);
            WriteHeld(json, "routes", state.Routes, _ => true);
            WriteHeld(json, "clusters", state.Clusters, name => !state.IsWarming(name));
            WriteHeld(json, "endpoints", state.Endpoints, _ => true);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private static void WriteHeld<T>(
        Utf8JsonWriter json, string name, IReadOnlyDictionary<string, Held<T>> held, Predicate<string> active)
    {
        json.WriteStartArray(name);
        foreach (var (resource, value) in held.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            json.WriteStartObject();
            json.WriteString("name", resource);
            json.WriteString("version", value.Version);
            json.WriteString("state", active(resource) ? "active" : "warming");
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}

using System.Buffers;
using System.Text;
using System.Text.Json;
using XdsCanary.CanaryEngine.Core;

namespace XdsCanary.CanaryEngine.Resources;

/// <summary>Writes what a traffic plan asks for beyond weights, as the TrafficSplit's routing annotation has it. Pure.</summary>
internal static class RoutingJson
{
    /// <summary>The annotation that says what SMI has no field for.</summary>
    public const string Annotation = "xdscanary.io/routing";

    /// <summary>The annotation's value.</summary>
    /// <param name="apex">The apex service's name.</param>
    /// <param name="plan">The plan.</param>
    /// <returns>JSON; null when weights say everything.</returns>
    public static string? Of(string apex, TrafficPlan plan)
    {
        if (plan.Match.Count == 0 && plan.MirrorPercent == 0 && plan.Affinity is null)
        {
            return null;
        }

        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            WriteMatch(writer, apex, plan);
            WriteMirror(writer, apex, plan);
            WriteAffinity(writer, apex, plan);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteMatch(Utf8JsonWriter writer, string apex, TrafficPlan plan)
    {
        if (plan.Match.Count == 0)
        {
            return;
        }

        writer.WriteStartArray("match");
        foreach (var match in plan.Match)
        {
            writer.WriteStartObject();
            WriteNamed(writer, "headers", match.Headers);
            WriteNamed(writer, "queryParams", match.QueryParams);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteString("fallback", $"{apex}-primary");
    }

    private static void WriteNamed(Utf8JsonWriter writer, string name, EquatableArray<NamedMatch> matches)
    {
        if (matches.Count == 0)
        {
            return;
        }

        writer.WriteStartArray(name);
        foreach (var match in matches)
        {
            writer.WriteStartObject();
            writer.WriteString("name", match.Name);
            writer.WriteString(match.Match.Kind.ToString().ToLowerInvariant(), match.Match.Value);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteMirror(Utf8JsonWriter writer, string apex, TrafficPlan plan)
    {
        if (plan.MirrorPercent > 0)
        {
            writer.WriteStartObject("mirror");
            writer.WriteString("backend", $"{apex}-canary");
            writer.WriteNumber("percent", plan.MirrorPercent);
            writer.WriteEndObject();
        }
    }

    private static void WriteAffinity(Utf8JsonWriter writer, string apex, TrafficPlan plan)
    {
        if (plan.Affinity is not { } affinity)
        {
            return;
        }

        writer.WriteStartObject("affinity");
        writer.WriteString("backend", $"{apex}-canary");
        writer.WriteString("fallback", $"{apex}-primary");
        WriteCookie(writer, "cookie", affinity.Cookie, "maxAgeSeconds", affinity.MaxAge);
        WriteCookie(writer, "primaryCookie", affinity.PrimaryCookie, "primaryMaxAgeSeconds", affinity.PrimaryMaxAge);
        if (affinity.PreviousCookie.Length > 0)
        {
            writer.WriteString("previousCookie", affinity.PreviousCookie);
        }

        if (affinity.Attributes.Length > 0)
        {
            writer.WriteString("attributes", affinity.Attributes);
        }

        writer.WriteEndObject();
    }

    // The ages are written without cookies, too: who reads the plan back must find the same.
    private static void WriteCookie(Utf8JsonWriter writer, string name, string cookie, string ageName, TimeSpan age)
    {
        if (cookie.Length > 0)
        {
            writer.WriteString(name, cookie);
        }

        if (age > TimeSpan.Zero || cookie.Length > 0)
        {
            writer.WriteNumber(ageName, (long)age.TotalSeconds);
        }
    }
}

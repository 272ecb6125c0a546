using System.Text.Json;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.CanaryEngine.Webhooks;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Tests.Webhooks;

public sealed class WebhookPayloadJsonTests
{
    public static TheoryData<string, string> Bodies
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var (path, body) in Recorded.Read("recorded-webhooks"))
            {
                data.Add(path, body);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Bodies))]
    public void CTL_45_Body_has_the_bytes_that_Flagger_sends(string hook, string recorded)
    {
        using var document = JsonDocument.Parse(recorded);
        var root = document.RootElement;
        EquatableArray<TemplateVariable> metadata = root.TryGetProperty("metadata", out var members)
            ? members.EnumerateObject().Reverse().Select(member => new TemplateVariable(member.Name, $"{member.Value}")).ToEquatableArray()
            : [];
        var payload = new WebhookPayload(
            new NamespacedName($"{root.GetProperty("namespace")}", $"{root.GetProperty("name")}"),
            Enum.Parse<CanaryPhase>($"{root.GetProperty("phase")}"),
            $"{root.GetProperty("checksum")}",
            metadata);

        var body = WebhookPayloadJson.Write(payload);

        Assert.True(recorded == body, $"{hook}: {body}");
    }

    [Fact]
    public void A_canary_without_a_status_has_an_empty_phase_and_no_metadata()
    {
        var payload = new WebhookPayload(new NamespacedName("n", "c"), CanaryPhase.None, "x", []);

        Assert.Equal("""{"name":"c","namespace":"n","phase":"","checksum":"x"}""", WebhookPayloadJson.Write(payload));
    }

    [Theory]
    [InlineData("a\"b\\c", "\"a\\\"b\\\\c\"")]
    [InlineData("<a> & b", "\"\\u003ca\\u003e \\u0026 b\"")]
    [InlineData("line\nnext\ttab\r\u0001\u001f", "\"line\\nnext\\ttab\\r\\u0001\\u001f\"")]
    [InlineData("é 漢 😀 \u007f", "\"é 漢 😀 \u007f\"")]
    [InlineData("\u2028\u2029", "\"\\u2028\\u2029\"")]
    [InlineData("'+/=`", "\"'+/=`\"")]
    public void Texts_are_escaped_as_Go_does(string text, string json) => Assert.Equal(json, GoJson.Text(text));

    [Fact]
    public void CTL_47_Event_metadata_tells_text_type_and_time_and_keeps_what_does_not_collide()
    {
        EquatableArray<TemplateVariable> own = [new("custom", "x"), new("eventType", "mine"), new("zone", "z")];

        var metadata = EventMetadata.Of(
            own, new EventNotice(true, "Halt", CanaryPhase.Progressing), DateTimeOffset.FromUnixTimeMilliseconds(1795433979468));

        Assert.Equal(
            ["custom=x", "eventMessage=Halt", "eventType=Warning", "timestamp=1795433979468", "zone=z"],
            metadata.Select(entry => $"{entry.Name}={entry.Value}"));
    }

    [Fact]
    public void CTL_49_Checksum_is_stable_and_differs_with_revision_and_tracked_configs()
    {
        KeyValuePair<string, string>[] configs = [new("configmap/a", "1"), new("secret/b", "2")];
        KeyValuePair<string, string>[] changed = [new("configmap/a", "1"), new("secret/b", "3")];

        Assert.Equal(Checksum.Of("rev", configs), Checksum.Of("rev", configs.Reverse()));
        Assert.Equal(Checksum.Of("rev"), Checksum.Of("rev", []));
        Assert.NotEqual(Checksum.Of("rev", configs), Checksum.Of("rev2", configs));
        Assert.NotEqual(Checksum.Of("rev", configs), Checksum.Of("rev", changed));
        Assert.NotEqual(Checksum.Of("rev", configs), Checksum.Of("rev"));
        Assert.Matches("^[bcdfghjklmnpqrstvwxz2456789]{1,10}$", Checksum.Of("rev", configs));
    }
}

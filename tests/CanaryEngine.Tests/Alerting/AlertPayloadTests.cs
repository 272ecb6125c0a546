using System.Text.Json;
using XdsCanary.CanaryEngine.Alerting;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.CanaryEngine.Tests.Webhooks;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Tests.Alerting;

public sealed class AlertPayloadTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static readonly Dictionary<string, AlertProviderType> Types = new()
    {
        ["/slack"] = AlertProviderType.Slack,
        ["/discord/slack"] = AlertProviderType.Discord,
        ["/rocket"] = AlertProviderType.Rocket,
        ["/msteams"] = AlertProviderType.Teams,
        ["/gchat"] = AlertProviderType.GoogleChat,
    };

    public static TheoryData<string, string> Bodies
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var (path, body) in Recorded.Read("recorded-alerts"))
            {
                data.Add(path, body);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Bodies))]
    public void NOT_01_to_05_A_recorded_alert_is_written_with_the_same_bytes(string path, string recorded)
    {
        using var document = JsonDocument.Parse(recorded);
        var root = document.RootElement;
        var message = Read(root);
        var receiver = new AlertReceiver("any", Types[path], new Uri("http://any"))
        {
            Channel = root.TryGetProperty("channel", out var channel) ? $"{channel}" : string.Empty,
            Username = "flagger",
        };

        Assert.Equal(recorded, AlertPayload.Write(receiver, message, Now));
        if (message.Fields.Count > 0)
        {
            Assert.Equal(message.Fields, AlertFields.Of(RecordedCanary(message.Canary.Name)));
        }
    }

    [Fact]
    public void Every_provider_was_recorded() =>
        Assert.Equal(Types.Keys.Order(), Recorded.Read("recorded-alerts").Select(entry => entry.Path).Distinct().Order());

    [Theory]
    [InlineData("slack", "podinfo.test", 2)]
    [InlineData("discord", "podinfo.test", 2)]
    [InlineData("rocket", "podinfo.test", 2)]
    [InlineData("msteams", "podinfo.test", 2)]
    public void NOT_01_to_04_Author_and_fields_are_there(string type, string author, int fields)
    {
        var kind = type == "msteams" ? AlertProviderType.Teams : Enum.Parse<AlertProviderType>(type, ignoreCase: true);
        using var body = JsonDocument.Parse(AlertPayload.Write(new AlertReceiver("r", kind, new Uri("http://r")), Sample(), Now));
        var part = body.RootElement.GetProperty(kind == AlertProviderType.Teams ? "sections" : "attachments")[0];

        Assert.Equal(author, part.GetProperty(kind == AlertProviderType.Teams ? "activitySubtitle" : "author_name").GetString());
        Assert.Equal(fields, part.GetProperty(kind == AlertProviderType.Teams ? "facts" : "fields").GetArrayLength());
    }

    [Fact]
    public void NOT_05_Google_Chat_has_a_section_for_the_message_and_one_for_each_field()
    {
        using var body = JsonDocument.Parse(GoogleChatPayload.Write(Sample()));
        var card = body.RootElement.GetProperty("cards")[0];

        Assert.Equal("podinfo.test", card.GetProperty("header").GetProperty("subtitle").GetString());
        Assert.Equal(3, card.GetProperty("sections").GetArrayLength());
    }

    [Fact]
    public void The_generic_format_says_all_there_is() => Assert.Equal(
        """{"canary":"podinfo","namespace":"test","severity":"warn","message":"it waits","fields":{"a":"1","b":"2"},"timestamp":"2026-01-02T03:04:05.000Z"}""",
        AlertPayload.Write(new AlertReceiver("r", AlertProviderType.Generic, new Uri("http://r")), Sample(), Now));

    [Fact]
    public void Fields_name_the_strategy()
    {
        var canary = HookSamples.Canary("c");

        Assert.Equal("Blue/Green", Routing(canary.Analysis with { Strategy = CanaryStrategy.BlueGreen }));
        Assert.Equal("A/B Testing", Routing(canary.Analysis with { Strategy = CanaryStrategy.AbTesting }));
        Assert.Equal("Weight step: 5 max: 0", Routing(canary.Analysis with { WrittenMaxWeight = 0 }));

        string Routing(AnalysisSpec analysis) => AlertFields.Of(canary with { Analysis = analysis })[3].Value;
    }

    private static AlertMessage Sample() =>
        new(new NamespacedName("test", "podinfo"), AlertSeverity.Warn, "it waits", [new("a", "1"), new("b", "2")]);

    // The settings of the canaries that were recorded.
    private static CanarySpec RecordedCanary(string name)
    {
        var canary = HookSamples.Canary(name);
        var analysis = name switch
        {
            "bluegreen" => canary.Analysis with { Strategy = CanaryStrategy.BlueGreen, Iterations = 2 },
            "configured" => canary.Analysis with { StepWeight = 0, StepWeights = [10, 40], WrittenMaxWeight = 0 },
            "skipped" or "scaled" or "gated" or "suspended" or "reverted" or "novalues" or "outage" or "templated" =>
                canary.Analysis with { StepWeight = 10, WrittenMaxWeight = 20 },
            "deadline" => canary.Analysis with { StepWeight = 10 },
            _ => canary.Analysis,
        };
        return canary with
        {
            Analysis = analysis,
            ProgressDeadline = name == "deadline" ? TimeSpan.FromSeconds(20) : canary.ProgressDeadline,
        };
    }

    private static AlertMessage Read(JsonElement root)
    {
        string author;
        string text;
        EquatableArray<TemplateVariable> fields;
        if (root.TryGetProperty("attachments", out var attachments))
        {
            (author, text) = ($"{attachments[0].GetProperty("author_name")}", $"{attachments[0].GetProperty("text")}");
            fields = Pairs(attachments[0].GetProperty("fields"), "title");
        }
        else if (root.TryGetProperty("cards", out var cards))
        {
            author = $"{cards[0].GetProperty("header").GetProperty("subtitle")}";
            var texts = cards[0].GetProperty("sections").EnumerateArray()
                .Select(section => $"{section.GetProperty("widgets")[0].GetProperty("textParagraph").GetProperty("text")}")
                .Select(html => html.Replace("<font color=#848484><strong>", null, StringComparison.Ordinal))
                .Select(html => html.Replace("</strong></font>", null, StringComparison.Ordinal))
                .ToArray();
            text = texts[0];
            fields = texts[1..].Select(pair => pair.Split("<br>")).Select(pair => new TemplateVariable(pair[0], pair[1])).ToEquatableArray();
        }
        else
        {
            var section = root.GetProperty("sections")[0];
            (author, text) = ($"{root.GetProperty("summary")}", $"{section.GetProperty("activityTitle")}");
            fields = Pairs(section.GetProperty("facts"), "name");
        }

        var severity = text.StartsWith("Failed checks", StringComparison.Ordinal) || text.StartsWith("Promotion failed", StringComparison.Ordinal)
            ? AlertSeverity.Error
            : AlertSeverity.Info;
        return new AlertMessage(new NamespacedName(author.Split('.')[1], author.Split('.')[0]), severity, text, fields);
    }

    private static EquatableArray<TemplateVariable> Pairs(JsonElement list, string name) => list.ValueKind != JsonValueKind.Array
        ? []
        : list.EnumerateArray()
            .Select(pair => new TemplateVariable($"{pair.GetProperty(name)}", $"{pair.GetProperty("value")}"))
            .ToEquatableArray();
}

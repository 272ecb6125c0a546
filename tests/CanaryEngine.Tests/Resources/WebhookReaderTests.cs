using XdsCanary.CanaryEngine.Core;

namespace XdsCanary.CanaryEngine.Tests.Resources;

public sealed class WebhookReaderTests
{
    [Theory]
    [InlineData("", WebhookType.Rollout)]
    [InlineData("type: '', ", WebhookType.Rollout)]
    [InlineData("type: rollout, ", WebhookType.Rollout)]
    [InlineData("type: confirm-rollout, ", WebhookType.ConfirmRollout)]
    [InlineData("type: pre-rollout, ", WebhookType.PreRollout)]
    [InlineData("type: confirm-traffic-increase, ", WebhookType.ConfirmTrafficIncrease)]
    [InlineData("type: confirm-promotion, ", WebhookType.ConfirmPromotion)]
    [InlineData("type: post-rollout, ", WebhookType.PostRollout)]
    [InlineData("type: rollback, ", WebhookType.Rollback)]
    [InlineData("type: event, ", WebhookType.Event)]
    public void Type_is_one_of_eight_and_rollout_when_not_told(string type, WebhookType expected)
    {
        var hook = Accept($"name: test, {type}url: http://tester/");

        Assert.Equal(
            new WebhookSpec { Name = "test", Type = expected, Url = new Uri("http://tester/"), Timeout = TimeSpan.FromSeconds(10) }, hook);
    }

    [Fact]
    public void Everything_written_is_in_the_webhook() => Assert.Equal(
        new WebhookSpec
        {
            Name = "gate",
            Type = WebhookType.ConfirmPromotion,
            Url = new Uri("https://tester.test:8443/gate?x=1"),
            Timeout = TimeSpan.FromMilliseconds(2500),
            Retries = 3,
            SkipVerify = true,
            MuteAlert = true,
            Async = true,
            Metadata = [new TemplateVariable("cmd", "hey -z 1m http://{{ .Name }}/"), new TemplateVariable("type", "bash")],
        },
        Accept(
            "name: gate, type: confirm-promotion, url: 'https://tester.test:8443/gate?x=1', timeout: 2.5s, retries: 3, "
            + "disableTLS: true, muteAlert: true, async: true, metadata: {type: bash, cmd: 'hey -z 1m http://{{ .Name }}/'}"));

    [Theory]
    [InlineData("url: http://tester/", "name: is missing. ")]
    [InlineData("name: a", "url: is missing. Write the URL that is called")]
    [InlineData("name: a, url: ''", "url: must be a URL of http or https, not ''. ")]
    [InlineData("name: a, url: /gate", "url: must be a URL of http or https, not '/gate'. ")]
    [InlineData("name: a, url: 'ftp://tester/'", "url: must be a URL of http or https, not 'ftp://tester/'. ")]
    [InlineData("name: a, url: http://t/, type: confirm-promotoin", "type: must be one of rollout, ")]
    [InlineData("name: a, url: http://t/, timeout: 0s", "timeout: must be from 1ms to 720h, not '0s'. ")]
    [InlineData("name: a, url: http://t/, timeout: 10", "timeout: must be a duration, not '10'. Write 10s for seconds")]
    [InlineData("name: a, url: http://t/, retries: 11", "retries: must be a whole number from 0 to 10, not '11'. ")]
    [InlineData("name: a, url: http://t/, muteAlert: 'yes'", "muteAlert: must be true or false, not 'yes'. ")]
    [InlineData("name: a, url: http://t/, async: 1", "async: must be true or false, not '1'. ")]
    [InlineData("name: a, url: http://t/, metadata: {a: true}", "metadata[a]: must be a text, but 'true' is read as a number or a boolean. Write \"true\" in quotes")]
    [InlineData("name: a, url: http://t/, metadata: [a]", "metadata: must be an object. ")]
    [InlineData("name: a, url: http://t/, header: {a: b}", "header: is not a known field. ")]
    public void Webhook_that_cannot_be_called_is_refused(string webhook, string fault) => Assert.StartsWith(
        $"webhooks[0].{fault}",
        Assert.Single(CanaryManifest.RefuseAnalysis($"stepWeight: 10, webhooks: [{{ {webhook} }}]")),
        StringComparison.Ordinal);

    [Fact]
    public void Names_of_webhooks_are_unique_whatever_their_type() => Assert.StartsWith(
        "webhooks[1].name: 'a' is the name of an earlier webhook, too. ",
        Assert.Single(CanaryManifest.RefuseAnalysis(
            "stepWeight: 10, webhooks: [{name: a, url: http://t/}, {name: a, type: event, url: http://t/}]")),
        StringComparison.Ordinal);

    [Fact]
    public void Muted_alert_of_a_webhook_that_sends_none_is_noted() => Assert.Equal(
        ["spec.analysis.webhooks[0].muteAlert"],
        CanaryManifest.Map(CanaryManifest.Write("stepWeight: 10, webhooks: [{name: a, url: http://t/, muteAlert: true}]"))
            .Notes.Select(note => note.Field));

    private static WebhookSpec Accept(string webhook) =>
        Assert.Single(CanaryManifest.AcceptAnalysis($"stepWeight: 10, webhooks: [{{ {webhook} }}]").Webhooks.Items);
}

using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Resources;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Tests.Resources;

public sealed class AlertProviderMapperTests
{
    [Theory]
    [InlineData("slack", AlertProviderType.Slack)]
    [InlineData("msteams", AlertProviderType.Teams)]
    [InlineData("discord", AlertProviderType.Discord)]
    [InlineData("rocket", AlertProviderType.Rocket)]
    [InlineData("gchat", AlertProviderType.GoogleChat)]
    [InlineData("generic", AlertProviderType.Generic)]
    public void Type_is_one_of_six_and_the_rest_has_defaults(string type, AlertProviderType expected) => Assert.Equal(
        new AlertProviderSpec
        {
            Key = new NamespacedName("test", "on-call"),
            Type = expected,
            Channel = "general",
            Username = "flagger",
            Address = new Uri("https://hooks.example.com/x"),
        },
        Map($"type: {type}, address: 'https://hooks.example.com/x'").Value);

    [Fact]
    public void Everything_written_is_in_the_provider() => Assert.Equal(
        new AlertProviderSpec
        {
            Key = new NamespacedName("test", "on-call"),
            Type = AlertProviderType.Slack,
            Channel = "releases",
            Username = "robot",
            Proxy = new Uri("http://proxy:3128"),
            Secret = new NamespacedName("test", "slack"),
        },
        Map("type: slack, channel: releases, username: robot, proxy: 'http://proxy:3128', secretRef: {name: slack}").Value);

    [Theory]
    [InlineData("address: 'https://x'", "spec.type: is missing. Write slack, msteams, discord, rocket, gchat or generic")]
    [InlineData("type: teams, address: 'https://x'", "spec.type: must be one of slack, msteams, discord, rocket, gchat, generic, not 'teams'. ")]
    [InlineData("type: slack", "spec.address: is missing. Write the URL, or a secretRef")]
    [InlineData("type: slack, address: 'https://x', secretRef: {name: x}", "spec.secretRef: cannot be given together with address. Keep one of the two")]
    [InlineData("type: slack, address: hooks.example.com", "spec.address: must be a URL of http or https")]
    [InlineData("type: slack, address: 'https://x', proxy: 'socks5://y'", "spec.proxy: must be a URL of http or https")]
    [InlineData("type: slack, secretRef: {nmae: x, name: y}", "spec.secretRef.nmae: is not a known field. Write 'name'")]
    [InlineData("type: slack, address: 'https://x', chanel: y", "spec.chanel: is not a known field. Write 'channel'")]
    public void Provider_that_cannot_be_told_is_refused(string spec, string expected)
    {
        var mapped = Map(spec);

        Assert.Null(mapped.Value);
        var fault = Assert.Single(mapped.Faults.Items);
        Assert.StartsWith(expected, $"{fault.Field}: {fault.Message}. {fault.Fix}", StringComparison.Ordinal);
        Assert.Equal(("input.yaml", 4), (fault.Origin.File, fault.Origin.Line));
    }

    private static Mapped<AlertProviderSpec> Map(string spec) => AlertProviderMapper.Map(
        Manifests.ReadOne($$"""
            apiVersion: flagger.app/v1beta1
            kind: AlertProvider
            metadata: {name: on-call, namespace: test}
            spec: { {{spec}} }
            """),
        new MapperOptions());
}

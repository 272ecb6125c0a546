using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using XdsCanary.XdsServer.Hosting;

namespace XdsCanary.XdsServer.Tests.Hosting;

public sealed class SettingCatalogTests
{
    [Fact]
    public void All_holds_every_property_once_under_names_that_follow_from_it()
    {
        Assert.Equal(
            typeof(ServerOptions).GetProperties().Select(property => property.Name),
            SettingCatalog.All.Select(setting => setting.Property.Name));

        var port = SettingCatalog.Of(nameof(ServerOptions.XdsPort));
        Assert.Equal("--xds-port (XDSCANARY_XDS_PORT, XdsCanary:XdsPort)", port.Names);
    }

    [Fact]
    public void Names_are_distinct()
    {
        Assert.Distinct(SettingCatalog.All.Select(setting => setting.Option));
        Assert.Distinct(SettingCatalog.All.Select(setting => setting.Variable));
    }

    [Fact]
    public void Every_setting_is_described_in_a_sentence() =>
        Assert.All(SettingCatalog.All, setting => Assert.Matches(@"^[A-Z].+\.$", setting.Description));

    [Fact]
    public void Read_without_values_gives_the_defaults_and_asks_for_what_has_none()
    {
        var (options, faults) = Read();

        Assert.Equal(18000, options.XdsPort);
        Assert.Equal(TimeSpan.FromSeconds(15), options.RouteTimeout);
        Assert.Equal(
            ["--manifests (XDSCANARY_MANIFESTS, XdsCanary:Manifests) is missing: name the directory of the manifests to serve."],
            faults);
    }

    [Theory]
    [InlineData("500ms", 500)]
    [InlineData("15s", 15_000)]
    [InlineData("2m", 120_000)]
    [InlineData("1.5s", 1_500)]
    [InlineData("00:00:07", 7_000)]
    [InlineData(" 3s ", 3_000)]
    public void Read_takes_durations_as_people_write_them(string text, int milliseconds)
    {
        var (options, faults) = Read(("Manifests", "."), ("RouteTimeout", text));

        Assert.Empty(faults);
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), options.RouteTimeout);
    }

    [Theory]
    [InlineData("RouteTimeout", "soon", "must be a duration such as 500ms, 15s or 2m, not 'soon'")]
    [InlineData("RouteTimeout", "15", "must be a duration such as 500ms, 15s or 2m, not '15'")]
    [InlineData("RouteTimeout", "-5s", "must be a duration such as 500ms, 15s or 2m, not '-5s'")]
    [InlineData("RouteTimeout", "999999999h", "must be from 0s to 24h, not 1000000h")]
    [InlineData("RouteTimeout", "48h", "must be from 0s to 24h, not 48h")]
    [InlineData("PollInterval", "10ms", "must be from 50ms to 10m, not 10ms")]
    [InlineData("XdsPort", "http", "must be a whole number, not 'http'")]
    [InlineData("XdsPort", "70000", "must be from 0 to 65535, not 70000")]
    [InlineData("XdsPort", "99999999999", "must be a whole number, not '99999999999'")]
    [InlineData("Polling", "yes", "must be true or false, not 'yes'")]
    [InlineData("LogFormat", "xml", "must be one of Text, Json, not 'xml'")]
    [InlineData("LogFormat", "1", "must be one of Text, Json, not '1'")]
    [InlineData("XdsAddress", "", "is empty")]
    public void Read_reports_a_bad_value_under_all_names(string property, string value, string expected)
    {
        var (_, faults) = Read(("Manifests", "."), (property, value));

        Assert.Equal([$"{SettingCatalog.Of(property).Names} {expected}."], faults);
    }

    [Fact]
    public void Read_reports_all_faults_at_once()
    {
        var (_, faults) = Read(("Manifests", "."), ("XdsPort", "x"), ("AdminPort", "y"));

        Assert.Equal(2, faults.Count);
    }

    [Theory]
    [InlineData("XdsProt", "XdsCanary:XdsProt is not a setting; did you mean XdsCanary:XdsPort?")]
    [InlineData("Colour", "XdsCanary:Colour is not a setting; remove it.")]
    public void Read_reports_keys_that_are_no_settings(string key, string expected)
    {
        var (_, faults) = Read(("Manifests", "."), (key, "1"));

        Assert.Equal([expected], faults);
    }

    [Fact]
    public void Read_ignores_the_case_of_keys_and_choices()
    {
        var (options, faults) = Read(("manifests", "."), ("LOGLEVEL", "debug"));

        Assert.Empty(faults);
        Assert.Equal(LogLevel.Debug, options.LogLevel);
    }

    [Fact]
    public void Overrides_take_the_command_line_before_the_environment()
    {
        var environment = new Dictionary<string, string?> { ["XDSCANARY_XDS_PORT"] = "1", ["XDSCANARY_ADMIN_PORT"] = "2" };

        var values = SettingCatalog.Overrides(
            environment.GetValueOrDefault, new Dictionary<string, string> { ["--xds-port"] = "3" });

        Assert.Equal(
            new Dictionary<string, string?> { ["XdsCanary:XdsPort"] = "3", ["XdsCanary:AdminPort"] = "2" }, values);
    }

    private static (ServerOptions Options, List<string> Faults) Read(params (string Property, string Value)[] values)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(values.ToDictionary(
                pair => $"{ServerOptions.SectionName}:{pair.Property}", string? (pair) => pair.Value))
            .Build();
        var faults = new List<string>();
        return (SettingCatalog.Read(configuration, faults), faults);
    }
}

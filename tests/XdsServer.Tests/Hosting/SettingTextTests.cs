using System.Globalization;
using XdsCanary.XdsServer.Hosting;

namespace XdsCanary.XdsServer.Tests.Hosting;

public sealed class SettingTextTests
{
    [Theory]
    [InlineData("00:00:00", "0s")]
    [InlineData("00:00:00.020", "20ms")]
    [InlineData("00:00:15", "15s")]
    [InlineData("00:01:30", "90s")]
    [InlineData("00:02:00", "2m")]
    [InlineData("1.00:00:00", "24h")]
    public void Value_writes_durations_in_the_largest_unit_that_is_exact(string span, string expected) =>
        Assert.Equal(expected, SettingText.Value(TimeSpan.Parse(span, CultureInfo.InvariantCulture)));

    [Fact]
    public void Default_can_be_read_back()
    {
        foreach (var setting in SettingCatalog.All)
        {
            var text = SettingText.Default(setting);
            if (text.Length == 0)
            {
                continue;
            }

            var configuration = new Microsoft.Extensions.Configuration.ConfigurationManager { [setting.Key] = text };
            var options = SettingCatalog.Read(configuration, []);

            Assert.Equal(setting.Property.GetValue(new ServerOptions()), setting.Property.GetValue(options));
        }
    }

    [Fact]
    public void Default_that_depends_on_the_machine_is_left_out() =>
        Assert.Empty(SettingText.Default(SettingCatalog.Of(nameof(ServerOptions.Identifier))));

    [Fact]
    public void Range_is_given_in_the_form_of_values()
    {
        Assert.Equal("from 50ms to 10m", SettingText.Range(SettingCatalog.Of(nameof(ServerOptions.PollInterval))));
        Assert.Equal("from 0 to 65535", SettingText.Range(SettingCatalog.Of(nameof(ServerOptions.XdsPort))));
        Assert.Null(SettingText.Range(SettingCatalog.Of(nameof(ServerOptions.Polling))));
    }
}

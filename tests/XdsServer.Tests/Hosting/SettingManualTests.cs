using System.Text;
using XdsCanary.TestKit;
using XdsCanary.XdsServer.Hosting;

namespace XdsCanary.XdsServer.Tests.Hosting;

public sealed class SettingManualTests
{
    [Fact]
    public void Manual_lists_every_setting()
    {
        var text = new StringBuilder();
        foreach (var setting in SettingCatalog.All)
        {
            var initial = SettingText.Default(setting);
            var kind = SettingText.Kind(setting.Property.PropertyType).Replace("|", " \\| ", StringComparison.Ordinal);
            var description = setting.Description.Replace("*", "\\*", StringComparison.Ordinal);
            text.Append($"### `{setting.Option}`\n\n{description}\n\n");
            text.Append("| environment | appsettings.json | value | default |\n|---|---|---|---|\n");
            text.Append($"| `{setting.Variable}` | `{setting.Key}` | {kind}");
            text.Append(SettingText.Range(setting) is { } range ? $" {range}" : string.Empty);
            text.Append($" | {(initial.Length == 0 ? "" : $"`{initial}`")} |\n\n");
        }

        GeneratedSection.Verify("docs/configuration.md", text.ToString());
    }
}

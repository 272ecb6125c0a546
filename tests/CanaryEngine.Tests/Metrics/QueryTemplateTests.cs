using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Metrics;

namespace XdsCanary.CanaryEngine.Tests.Metrics;

public sealed class QueryTemplateTests
{
    private static readonly CanarySpec Spec = TestCanary.Spec();

    [Fact]
    public void MET_29_Names_stand_for_the_canary()
    {
        var rendered = Render(
            "{{ name }} {{ namespace }} {{target}} {{ service }} {{ ingress }} {{ route }} {{ interval }} {{ primary }} {{ canary }}");

        Assert.Equal("web shop web-app front web-app web-app 1m front-primary front-canary", rendered.Text);
        Assert.False(rendered.UsesSubject);
    }

    [Fact]
    public void MET_29_Variables_stand_for_their_values() => Assert.Equal(
        "a=1,b=two", Render("a={{ variables.first }},b={{ index variables \"second-one\" }}").Text);

    [Fact]
    public void MET_29_Missing_variable_is_an_error_that_names_it()
    {
        var rendered = Render("{{ variables.other }}");

        Assert.Empty(rendered.Text);
        Assert.Contains("'other'", rendered.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{{ .name }}", "'{{ .name }}' is not known")]
    [InlineData("{{ weight }}", "there are canary, ingress, interval")]
    [InlineData("{{ }}", "'{{  }}' is not known")]
    [InlineData("up{{ name", "'{{' without '}}'")]
    public void What_is_not_known_is_an_error(string template, string expected) =>
        Assert.Contains(expected, Render(template).Error, StringComparison.Ordinal);

    [Theory]
    [InlineData("a {{- name -}} b", "awebb")]
    [InlineData("a {{- name }} b", "aweb b")]
    [InlineData("a {{ name -}} b", "a webb")]
    [InlineData("sum(\n  up{a=\"b\"}\t[5m]\n)\n", "sum( up{a=\"b\"} [5m] )")]
    public void White_space_is_trimmed_where_asked_and_else_collapsed(string template, string expected) =>
        Assert.Equal(expected, Render(template).Text);

    [Fact]
    public void Subject_is_the_service_asked_for()
    {
        var rendered = Render("up{s=\"{{ subject }}\"}");

        Assert.Equal("up{s=\"front-canary\"}", rendered.Text);
        Assert.True(rendered.UsesSubject);
    }

    [Fact]
    public void H_28_Metric_without_interval_has_a_window() => Assert.Equal("[1m]", Render("[{{ interval }}]").Text);

    [Theory]
    [InlineData(20_000, "20s")]
    [InlineData(90_000, "90s")]
    [InlineData(1_500, "1500ms")]
    public void Shorter_window_of_the_fast_abort_is_the_one_that_is_asked(double milliseconds, string expected) => Assert.Equal(
        expected,
        QueryNames.Window(TestCanary.Ask(TestCanary.SuccessRate(), window: TimeSpan.FromMilliseconds(milliseconds))));

    private static RenderedQuery Render(string template)
    {
        var check = TestCanary.Query(template) with
        {
            Variables = [new TemplateVariable("first", "1"), new TemplateVariable("second-one", "two")],
        };
        return QueryTemplate.Render(
            template, QueryNames.Of(Spec, TestCanary.Ask(check), "front-canary"), QueryNames.VariablesOf(check));
    }
}

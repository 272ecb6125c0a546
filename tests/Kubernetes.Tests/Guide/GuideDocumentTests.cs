namespace XdsCanary.Kubernetes.Tests.Guide;

/// <summary>How the guide is read, and its outputs compared.</summary>
public sealed class GuideDocumentTests
{
    [Fact]
    public void Read_takes_blocks_with_their_headings_marks_and_outputs()
    {
        var steps = GuideDocument.Read("# One\n```sh\na\nb\n```\n```text\nx\n```\n## Two\n<!-- not run: why -->\n```sh\nc\n```\n<!-- repeated -->\n```sh\nd\n```\n");

        Assert.Equal(["a\nb", "c", "d"], steps.Select(step => step.Commands));
        Assert.Equal(["One", "Two", "Two"], steps.Select(step => step.Heading));
        Assert.Equal([null, "why", null], steps.Select(step => step.NotRun));
        Assert.Equal([false, false, true], steps.Select(step => step.IsRepeated));
        Assert.Equal("x", steps[0].Expected.Missing("y"));
    }

    [Fact]
    public void Read_refuses_a_mark_that_nobody_knows() =>
        Assert.Throws<FormatException>(() => GuideDocument.Read("<!-- note run: why -->\n```sh\na\n```\n"));

    [Theory]
    [InlineData("a\nc", "a\nb\nc", null)]
    [InlineData("c\na", "a\nb\nc", "a")]
    [InlineData("NAME   AGE", "NAME AGE  ", null)]
    [InlineData("podinfo 0/0 ...", "podinfo    0/0     0     2s", null)]
    [InlineData("podinfo 0/0 ...", "podinfo    1/0     0     2s", "podinfo 0/0 ...")]
    [InlineData("rate ...% < 99%", "rate 84.24% < 99%", null)]
    [InlineData("a", "ab", "a")]
    public void Missing_names_the_first_line_that_is_not_there(string expected, string output, string? missing) =>
        Assert.Equal(missing, new ExpectedOutput(expected.Split('\n')).Missing(output));
}

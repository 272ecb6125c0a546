using XdsCanary.LoadTester.Tasks;

namespace XdsCanary.LoadTester.Tests.Tasks;

public sealed class CommandPolicyTests
{
    private static readonly CommandPolicy Policy = new(["hey", "helm test"], allowBash: false);

    [Theory]
    [InlineData("hey -z 1m -q 10 -c 2 http://{{ .Name }}/", "hey|-z|1m|-q|10|-c|2|http://{{|.Name|}}/")]
    [InlineData("hey -H 'Cookie: a=\"b c\"' \"http://x/?a=b&c\"", "hey|-H|Cookie: a=\"b c\"|http://x/?a=b&c")]
    [InlineData("hey a\\ b \"\\\"q\\\" \\n\" '' '$x;`'", "hey|a b|\"q\" \\n||$x;`")]
    [InlineData("  helm\ttest podinfo ", "helm|test|podinfo")]
    public void An_allowed_command_is_split_as_a_shell_would(string command, string words)
    {
        var verdict = Policy.OfLine(command, "sh");

        Assert.Equal((words, string.Empty), (string.Join('|', verdict.Words), verdict.Refusal));
    }

    [Theory]
    [InlineData("heyhey http://x", "'heyhey' is not on the list")]
    [InlineData("/tmp/hey http://x", "'/tmp/hey' is not on the list")]
    [InlineData("helm delete podinfo", "'helm' is not on the list")]
    [InlineData("helm", "'helm' is not on the list")]
    [InlineData("hey http://x; rm -r /", "';' needs a shell")]
    [InlineData("hey http://x && rm", "'&' needs a shell")]
    [InlineData("hey http://x | sh", "'|' needs a shell")]
    [InlineData("hey $(rm)", "'$' needs a shell")]
    [InlineData("hey \"`rm`\"", "'`' needs a shell")]
    [InlineData("hey > /etc/passwd", "'>' needs a shell")]
    [InlineData("hey a\nrm -r /", "'\n' needs a shell")]
    [InlineData("hey 'a", "a quote is not closed")]
    [InlineData("   ", "it is empty")]
    public void What_is_not_allowed_is_refused_with_a_reason(string command, string reason)
    {
        var verdict = Policy.OfLine(command, "sh");

        Assert.Empty(verdict.Words);
        Assert.Contains(reason, verdict.Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void With_bash_allowed_commands_go_to_the_shell_as_they_are()
    {
        var policy = new CommandPolicy([], allowBash: true);

        Assert.Equal(["sh", "-c", "a | b"], policy.OfLine("a | b", "sh").Words);
        Assert.Equal(["bash", "-c", "a | b"], policy.OfScript("a | b").Words);
        Assert.Equal(["helm", "x"], policy.OfWords(["helm", "x"]).Words);
    }
}

using XdsCanary.XdsServer.Ingest.Re2;

namespace XdsCanary.XdsServer.Tests.Ingest;

public class Re2SyntaxTests
{
    [Theory]
    [InlineData("")]
    [InlineData("/api/.*")]
    [InlineData("^(.*?;)?(type=insider)(;.*)?$")]
    [InlineData(@"(?P<name>a)\z")]
    [InlineData(@"\Qa.b*\E+")]
    [InlineData("[[:alpha:]_]+")]
    [InlineData("[^[:^digit:]]")]
    [InlineData(@"\pN\p{Greek}\P{^Lu}")]
    [InlineData("(?i)abc(?-i:d)(?sU)")]
    [InlineData("a{2,3}?b{4}c{5,}")]
    [InlineData("a{,2}{x")]
    [InlineData("(|a)*||")]
    [InlineData("[]a-]")]
    [InlineData("[a-b-c]")]
    [InlineData(@"[\d-z]")]
    [InlineData(@"\x41\x{fF}\012\0\_\-")]
    [InlineData(@"\bfoo\B\A")]
    [InlineData("^*$")]
    [InlineData("(a*)*")]
    [InlineData("(a{10}){100}")]
    [InlineData("é😀")]
    public void Check_valid_passes(string pattern) => Assert.Null(Re2Syntax.Check(pattern));

    [Theory]
    [InlineData("(?=a)")]
    [InlineData("(?!a)")]
    [InlineData("(?<=a)b")]
    [InlineData("(?<!a)b")]
    [InlineData(@"(a)\1")]
    [InlineData(@"(?P<n>a)\k<n>")]
    [InlineData("(?P=n)")]
    [InlineData("a++")]
    [InlineData("a**")]
    [InlineData("a*{2}")]
    [InlineData("a*??")]
    [InlineData("(?>a)")]
    [InlineData("(?<n>a)")]
    [InlineData("(?'n'a)")]
    [InlineData("(?#comment)")]
    [InlineData("(?x)a")]
    [InlineData("(?i-)a")]
    [InlineData("(?P<n>a)(?P<n>b)")]
    [InlineData("(?P<>a)")]
    [InlineData("a{1001}")]
    [InlineData("a{3,2}")]
    [InlineData("(a{100}){100}")]
    [InlineData("(a")]
    [InlineData("a)")]
    [InlineData("[a")]
    [InlineData("[]")]
    [InlineData("[b-a]")]
    [InlineData(@"[a-\d]")]
    [InlineData("[[:foo:]]")]
    [InlineData("*a")]
    [InlineData("(|*)")]
    [InlineData(@"a\")]
    [InlineData(@"\Z")]
    [InlineData(@"\y")]
    [InlineData(@"\8")]
    [InlineData(@"\p{Klingon}")]
    [InlineData(@"\x{100}")]
    [InlineData(@"\400")]
    [InlineData("(aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa){1000}")]
    [InlineData(@"[\b]")]
    [InlineData(@"\Qa")]
    public void Check_invalid_is_refused_with_a_fix(string pattern)
    {
        var fault = Re2Syntax.Check(pattern);

        Assert.NotNull(fault);
        Assert.NotEmpty(fault.Message);
        Assert.NotEmpty(fault.Fix);
    }

    // Not a theory: attributes cannot hold half a character.
    [Fact]
    public void Check_half_a_character_is_refused() => Assert.NotNull(Re2Syntax.Check("a\ud800"));
}

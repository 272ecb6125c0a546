using XdsCanary.KubeRuntime.Documents;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.KubeRuntime.Tests.Objects;

public sealed class FingerprintsTests
{
    [Theory]
    [InlineData("a: 1\nb: [x, null]\n", "# c\nb:\n- 'x'\n- ~\n\n\"a\": 1\n")]
    [InlineData("a: true\n", "a: TRUE\n")]
    [InlineData("x: &x {k: v}\ny: *x\n", "x: {k: v}\ny: {k: v}\n")]
    public void Of_same_content_is_the_same(string left, string right) => Assert.Equal(Of(left), Of(right));

    [Theory]
    [InlineData("a: 1\n", "a: '1'\n")]
    [InlineData("a: null\n", "a: ''\n")]
    [InlineData("a: true\n", "a: 'true'\n")]
    [InlineData("a: [x, y]\n", "a: [y, x]\n")]
    [InlineData("a: []\n", "a: {}\n")]
    [InlineData("ab: c\n", "a: bc\n")]
    [InlineData("a: [[x], y]\n", "a: [[x, y]]\n")]
    [InlineData("a: {b: 1}\nc: 2\n", "a: {b: 1, c: 2}\n")]
    public void Of_other_content_differs(string left, string right) => Assert.NotEqual(Of(left), Of(right));

    [Fact]
    public void SamePlaces_is_false_when_a_node_moved() =>
        Assert.False(Fingerprints.SamePlaces(Root("a:\n  b: 1\n"), Root("a:\n\n  b: 1\n")));

    [Fact]
    public void SamePlaces_is_true_when_only_the_end_differs() =>
        Assert.True(Fingerprints.SamePlaces(Root("a:\n  b: [1, x]\n"), Root("a:\n  b: [1, x]\n# done\n")));

    private static string Of(string text) => Fingerprints.Of(Root(text));

    private static DocumentNode Root(string text) => Assert.Single(DocumentReader.Read(text, DocumentSyntax.Yaml)).Root!;
}

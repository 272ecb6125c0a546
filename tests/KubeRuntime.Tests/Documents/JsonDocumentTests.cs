using XdsCanary.KubeRuntime.Documents;

namespace XdsCanary.KubeRuntime.Tests.Documents;

public sealed class JsonDocumentTests
{
    [Fact]
    public void Read_json_gives_tree_with_positions()
    {
        var document = Assert.Single(Json("{\n  \"é\": \"ü\", \"b\": [1.50, true, null]\n}\n"));

        var root = Assert.IsType<MappingNode>(document.Root);
        Assert.Equal(new ScalarNode("ü", ScalarKind.String, new(2, 8)), root.Find("é"));
        Assert.Equal(
            [
                new ScalarNode("1.50", ScalarKind.Number, new(2, 19)),
                new ScalarNode("true", ScalarKind.Boolean, new(2, 25)),
                new ScalarNode(string.Empty, ScalarKind.Null, new(2, 31)),
            ],
            Assert.IsType<SequenceNode>(root.Find("b")).Items.Cast<ScalarNode>());
    }

    [Fact]
    public void Read_values_one_after_another_are_documents_of_their_own() =>
        Assert.Equal([1, 3], Json("{\"a\":1}\n\n{\"b\":2}").Select(document => document.Line));

    [Fact]
    public void Read_same_content_in_yaml_and_json_differs_only_in_positions()
    {
        var json = Assert.IsType<MappingNode>(Json("{\"a\": {\"b\": [\"1\", 2]}}")[0].Root);
        var yaml = Assert.IsType<MappingNode>(DocumentReader.Read("a:\n  b:\n  - '1'\n  - 2\n", DocumentSyntax.Yaml)[0].Root);

        Assert.Equal(KubeRuntime.Objects.Fingerprints.Of(json), KubeRuntime.Objects.Fingerprints.Of(yaml));
    }

    [Theory]
    [InlineData("{\"a\": 1,}", 1, 8, "trailing comma", "Remove the comma")]
    [InlineData("{\"a\": 1\n\"b\": 2}", 2, 1, "not valid JSON", "Check the commas")]
    [InlineData("{\"a\": [1, 2}", 1, 12, "not valid JSON", "Check the commas")]
    [InlineData("{\"a\": {", 1, 8, "not valid JSON", "Close every")]
    [InlineData("{a: 1}", 1, 2, "not valid JSON", "double quotes")]
    [InlineData("{\"a\": 1, \"a\": 2}", 1, 10, "written twice, first in line 1", "Keep one")]
    [InlineData("{\"a\": \"\\ud83d\"}", 1, 7, "surrogate", "character itself")]
    public void Read_fault_says_where_what_and_fix(string text, int line, int column, string message, string fix)
    {
        var problem = Assert.Single(Assert.Single(Json(text)).Problems);

        Assert.Equal(new NodePosition(line, column), problem.Position);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.Contains(fix, problem.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_value_after_good_ones_broken_keeps_the_good_ones()
    {
        var documents = Json("{\"a\": 1}\n{\"b\": }");

        Assert.NotNull(documents[0].Root);
        Assert.Null(documents[1].Root);
        Assert.Equal(2, documents.Length);
    }

    [Fact]
    public void Read_nesting_beyond_limit_is_a_fault()
    {
        var deep = new string('[', 100_000);

        Assert.Contains("nested", Assert.Single(Assert.Single(Json(deep)).Problems).Message, StringComparison.Ordinal);
    }

    private static System.Collections.Immutable.ImmutableArray<ReadDocument> Json(string text) =>
        DocumentReader.Read(text, DocumentSyntax.Json);
}

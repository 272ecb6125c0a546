using System.Text;
using XdsCanary.KubeRuntime.Documents;

namespace XdsCanary.KubeRuntime.Tests.Documents;

public sealed class DocumentReaderTests
{
    [Fact]
    public void Read_block_yaml_gives_tree_with_positions()
    {
        var root = Single("a:\n  b: [1, x]\n");

        var b = Assert.IsType<SequenceNode>(Assert.IsType<MappingNode>(root.Find("a")).Find("b"));

        Assert.Equal(new NodePosition(1, 1), root.Entries[0].KeyPosition);
        Assert.Equal(new NodePosition(2, 6), b.Position);
        Assert.Equal(new ScalarNode("1", ScalarKind.Number, new(2, 7)), b.Items[0]);
        Assert.Equal(new ScalarNode("x", ScalarKind.String, new(2, 10)), b.Items[1]);
    }

    [Theory]
    [InlineData("null", ScalarKind.Null)]
    [InlineData("~", ScalarKind.Null)]
    [InlineData("", ScalarKind.Null)]
    [InlineData("TRUE", ScalarKind.Boolean)]
    [InlineData("false", ScalarKind.Boolean)]
    [InlineData("yes", ScalarKind.String)]
    [InlineData("on", ScalarKind.String)]
    [InlineData("-12", ScalarKind.Number)]
    [InlineData("0x1F", ScalarKind.Number)]
    [InlineData("0o17", ScalarKind.Number)]
    [InlineData("1.5e-3", ScalarKind.Number)]
    [InlineData(".5", ScalarKind.Number)]
    [InlineData("-.inf", ScalarKind.Number)]
    [InlineData(".nan", ScalarKind.Number)]
    [InlineData("1_000", ScalarKind.String)]
    [InlineData("1.2.3", ScalarKind.String)]
    [InlineData("10.0.0.1", ScalarKind.String)]
    [InlineData("\"true\"", ScalarKind.String)]
    [InlineData("'1'", ScalarKind.String)]
    [InlineData("!!str 1", ScalarKind.String)]
    [InlineData("!!int \"1\"", ScalarKind.Number)]
    [InlineData("! 1", ScalarKind.String)]
    public void Read_scalar_has_kind_of_core_schema(string text, ScalarKind kind)
    {
        var root = Single($"a: {text}\n");

        Assert.Equal(kind, Assert.IsType<ScalarNode>(root.Find("a")).Kind);
    }

    [Fact]
    public void Read_many_documents_counts_lines_of_whole_file()
    {
        var documents = Yaml("# first\na: 1\n---\n# only a comment\n---\n\nb: 2\n...\n---\nc: 3");

        Assert.Equal([2, 7, 10], documents.Select(document => document.Line));
        Assert.All(documents, document => Assert.Empty(document.Problems));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    [InlineData("# a comment\n")]
    [InlineData("---\n---\n# x\n---\n")]
    [InlineData("---\n...\n")]
    [InlineData("\uFEFF")]
    [InlineData("--- # comment\n")]
    public void Read_text_without_content_gives_no_documents(string text) => Assert.Empty(Yaml(text));

    [Fact]
    public void Read_error_in_one_document_keeps_the_others()
    {
        var documents = Yaml("a: 1\n---\nb: [1\n---\nc: 3\n");

        Assert.Equal(3, documents.Length);
        Assert.NotNull(documents[0].Root);
        Assert.Null(documents[1].Root);
        Assert.Equal(new NodePosition(3, 4), Assert.Single(documents[1].Problems).Position);
        Assert.NotNull(documents[2].Root);
    }

    [Fact]
    public void Read_marker_in_block_scalar_ends_document()
    {
        var documents = Yaml("a: |\n  text\n---\nb: 1\n");

        Assert.Equal(2, documents.Length);
        Assert.Equal("text\n", Assert.IsType<ScalarNode>(Assert.IsType<MappingNode>(documents[0].Root).Find("a")).Text);
    }

    [Fact]
    public void Read_indented_or_longer_dashes_are_text()
    {
        var root = Single("a: |\n  ---\n  x\nb: ----\n");

        Assert.Equal("---\nx\n", Assert.IsType<ScalarNode>(root.Find("a")).Text);
        Assert.Equal("----", Assert.IsType<ScalarNode>(root.Find("b")).Text);
    }

    [Fact]
    public void Read_directives_belong_to_document_after_them()
    {
        var documents = Yaml("%YAML 1.2\n---\na: 1\n---\nb: 2\n...\n%YAML 1.2\n---\nc: 3\n");

        Assert.Equal([3, 5, 9], documents.Select(document => document.Line));
        Assert.All(documents, document => Assert.NotNull(document.Root));
    }

    [Fact]
    public void Read_content_on_marker_line_belongs_to_document()
    {
        var documents = Yaml("--- {a: 1}\n--- {b: 2}\n");

        Assert.Equal([1, 2], documents.Select(document => document.Line));
    }

    [Fact]
    public void Read_windows_line_ends_and_byte_order_mark_change_nothing()
    {
        var bytes = new byte[] { 0xEF, 0xBB, 0xBF }.Concat(Encoding.UTF8.GetBytes("a: x\r\n---\r\nb: |\r\n  t\r\n")).ToArray();

        var documents = DocumentReader.Read(bytes, DocumentSyntax.Yaml);

        Assert.Equal(2, documents.Length);
        Assert.Equal(new ScalarNode("x", ScalarKind.String, new(1, 4)), ((MappingNode)documents[0].Root!).Find("a"));
        Assert.Equal("t\n", ((ScalarNode)((MappingNode)documents[1].Root!).Find("b")!).Text);
    }

    [Fact]
    public void Read_alias_repeats_anchor()
    {
        var root = Single("a: &x {k: v}\nb: *x\n");

        Assert.Same(root.Find("a"), root.Find("b"));
    }

    [Fact]
    public void Read_merge_keys_fill_in_what_is_not_written()
    {
        var root = Single("x: &x {k: 1, l: 1}\ny: &y {l: 2, m: 2}\nz:\n  <<: [*x, *y]\n  k: 3\n");

        var z = Assert.IsType<MappingNode>(root.Find("z"));

        Assert.Equal(
            ["k=3", "l=1", "m=2"],
            z.Entries.Select(entry => $"{entry.Key}={((ScalarNode)entry.Value).Text}"));
    }

    [Fact]
    public void Read_quoted_merge_key_is_a_plain_key() => Assert.NotNull(Single("'<<': 1\n").Find("<<"));

    [Fact]
    public void Read_scalar_keys_are_taken_as_written()
    {
        var root = Single("80: a\ntrue: b\nnull: c\n~: d\n");

        Assert.Equal(["80", "true", "null", "~"], root.Entries.Select(entry => entry.Key));
    }

    [Fact]
    public void Read_json_inside_yaml_may_have_tabs_and_long_keys()
    {
        var key = new string('k', 5000);

        var documents = Yaml($"---\n{{\n\t\"{key}\": \"\\ud83d\\ude00\"\n}}\n---\nb: 1\n");

        Assert.Equal(2, documents.Length);
        Assert.Equal(new ScalarNode("😀", ScalarKind.String, new(3, 5006)), ((MappingNode)documents[0].Root!).Find(key));
    }

    [Fact]
    public void Read_flow_yaml_that_is_no_json_is_read_as_yaml() =>
        Assert.Equal(new ScalarNode("x", ScalarKind.String, new(1, 5)), Single("{a: x}").Find("a"));

    private static System.Collections.Immutable.ImmutableArray<ReadDocument> Yaml(string text) =>
        DocumentReader.Read(text, DocumentSyntax.Yaml);

    private static MappingNode Single(string text)
    {
        var document = Assert.Single(Yaml(text));
        Assert.Empty(document.Problems);
        return Assert.IsType<MappingNode>(document.Root);
    }
}

using System.Text;
using XdsCanary.KubeRuntime.Documents;

namespace XdsCanary.KubeRuntime.Tests.Documents;

/// <summary>What people get wrong in YAML, and what they are told.</summary>
public sealed class BrokenDocumentTests
{
    [Theory]
    [InlineData("a: 1\n\tb: 2\n", 2, 1, "tab", "spaces")]
    [InlineData("a:\n\t- b\n", 2, 1, "tab", "spaces")]
    [InlineData("a:\n  - x\n\t- y\n", 3, 1, "tab", "spaces")]
    [InlineData("a: b: c\n", 1, 5, "':' stands where no key can be", "quotes")]
    [InlineData("a: 1\n b: 2\n", 2, 3, "':' stands where no key can be", "indentation")]
    [InlineData("key\nother: 1\n", 2, 6, "':' stands where no key can be", "indentation")]
    [InlineData("a:\n  b: 1\n c: 2\n", 3, 2, "does not fit the lines above", "Align")]
    [InlineData("a: 1\n- b\n", 2, 2, "does not fit the lines above", "cannot be mixed")]
    [InlineData("- a\nb: 1\n", 2, 1, "does not fit the lines above", "cannot be mixed")]
    [InlineData("a: - b\n", 1, 4, "does not fit the lines above", "cannot be mixed")]
    [InlineData("a: 'x\nb: 1\n", 1, 4, "quote opened here is not closed", "Close the quote")]
    [InlineData("a: \"x\nb: 1\n", 1, 4, "quote opened here is not closed", "Close the quote")]
    [InlineData("a: [1, 2\nb: 3\n", 1, 4, "bracket opened here is never closed", "']'")]
    [InlineData("a:\n  b: {x: 1\nc: 3\n", 2, 6, "bracket opened here is never closed", "'}'")]
    [InlineData("a: }\n", 1, 4, "missing or too much", "brackets")]
    [InlineData("a: @x\n", 1, 5, "cannot start with '@'", "quotes")]
    [InlineData("a: `x`\n", 1, 5, "cannot start with '`'", "quotes")]
    [InlineData("a: \"\\q\"\n", 1, 5, "escape", "backslash")]
    [InlineData("a: *x\n", 1, 4, "no anchor '&x'", "quotes")]
    [InlineData("a: &x [*x]\n", 1, 8, "no anchor '&x'", "Define")]
    [InlineData("a: !Ref x\n", 1, 4, "tag '!Ref'", "Remove the tag")]
    [InlineData("a: !Map {x: 1}\n", 1, 4, "tag '!Map'", "Remove the tag")]
    [InlineData("? [a]\n: b\n", 1, 3, "key is a list or an object", "single text")]
    [InlineData("a: {{ .Values.x }}\n", 1, 5, "template", "Render")]
    [InlineData("{{- if .x }}\na: 1\n{{- end }}\n", 1, 4, "template", "Render")]
    [InlineData("<<<<<<< HEAD\na: 1\n=======\na: 2\n>>>>>>> x\n", 1, 1, "merge conflict", "Resolve")]
    [InlineData("a: x\u0007y\n", 1, 5, "U+0007", "Remove")]
    [InlineData("a: 1\nb: x\0y\n", 2, 5, "U+0000", "Remove")]
    [InlineData("<<: 1\n", 1, 1, "merge key", "&name")]
    public void Read_fault_says_where_what_and_fix(string text, int line, int column, string message, string fix)
    {
        // In the middle of a file, to see that lines count from its start and that the neighbours survive.
        var documents = DocumentReader.Read($"x: 1\n---\n{text}---\ny: 2\n", DocumentSyntax.Yaml);

        var problem = Assert.Single(documents[1].Problems);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.Contains(fix, problem.Fix, StringComparison.Ordinal);
        Assert.Equal((line + 2, column), (problem.Position.Line, problem.Position.Column));
        Assert.Equal(3, documents.Length);
        Assert.All([documents[0], documents[2]], document => Assert.Empty(document.Problems));
    }

    [Fact]
    public void Read_duplicate_keys_are_all_reported_with_paths()
    {
        var document = Assert.Single(DocumentReader.Read(
            "a:\n- k: 1\n  k: 2\nb: 1\nb: 2\n", DocumentSyntax.Yaml));

        Assert.Equal(["a[0].k", "b"], document.Problems.Select(problem => problem.Field));
        Assert.Equal([3, 5], document.Problems.Select(problem => problem.Position.Line));
        Assert.Contains("first in line 2", document.Problems[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_billion_laughs_is_stopped()
    {
        var text = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (var i = 1; i < 12; i++)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"a{i}: &a{i} [").AppendJoin(", ", Enumerable.Repeat($"*a{i - 1}", 10)).Append("]\n");
        }

        var document = Assert.Single(DocumentReader.Read(text.ToString(), DocumentSyntax.Yaml));

        Assert.Null(document.Root);
        Assert.Contains("1,000,000", Assert.Single(document.Problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_depth_built_of_aliases_is_stopped()
    {
        var text = new StringBuilder("a0: &a0 [x]\n");
        for (var i = 1; i < 70; i++)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"a{i}: &a{i} [*a{i - 1}]\n");
        }

        Assert.Contains("64 deep", FaultOf(Encoding.UTF8.GetBytes(text.ToString())).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{a: ")]
    [InlineData("- ")]
    public void Read_nesting_beyond_limit_is_stopped(string opening)
    {
        var text = "a:\n  " + string.Concat(Enumerable.Repeat(opening, 5000));

        Assert.Contains("64 deep", FaultOf(Encoding.UTF8.GetBytes(text)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_nesting_up_to_limit_is_good()
    {
        var text = new string('[', 64) + "x" + new string(']', 64);

        Assert.Empty(Assert.Single(DocumentReader.Read(text, DocumentSyntax.Yaml)).Problems);
        Assert.Empty(Assert.Single(DocumentReader.Read(text.Replace("x", "1", StringComparison.Ordinal), DocumentSyntax.Json)).Problems);
    }

    [Fact]
    public void Read_invalid_utf8_is_reported_with_place()
    {
        var problem = FaultOf([.. "a: 1\nb: é"u8, 0xFF, .. "x\n"u8]);

        Assert.Equal(new NodePosition(2, 5), problem.Position);
        Assert.Contains("0xFF", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_utf16_is_named() =>
        Assert.Contains("UTF-16", FaultOf([0xFF, 0xFE, (byte)'a', 0]).Message, StringComparison.Ordinal);

    [Fact]
    public void Read_text_beyond_limit_is_reported() =>
        Assert.Contains("the limit is", FaultOf(new byte[DocumentLimits.MaxBytes + 1]).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("a: [1, 2\n")]
    [InlineData("a: 'it's'\n")]
    [InlineData("a: |2\n x\n")]
    [InlineData("!e!x y\n")]
    [InlineData("&a\n*a\n")]
    [InlineData("a: %x\n")]
    [InlineData("\"")]
    [InlineData("? ? ?")]
    [InlineData("- - - *")]
    [InlineData("&")]
    [InlineData("!<")]
    [InlineData("%TAG")]
    [InlineData("a: >9999\n x")]
    public void Read_never_throws_and_always_explains(string text)
    {
        foreach (var document in DocumentReader.Read(text, DocumentSyntax.Yaml).Where(document => document.Root is null))
        {
            Assert.NotEmpty(document.Problems);
        }
    }

    [Fact]
    public void Read_of_every_prefix_and_every_mangled_byte_never_throws()
    {
        var text = "a: &x {b: [1, \"q\\n\", 'r'], c: !!str d}\n# c\ne:\n  - |\n    f\n  - >-\n    g\n  - *x\n--- %\n? h\n: i\n"u8.ToArray();
        foreach (var replacement in "\t\n\0:{}[]&*!|>'\"%@`-?,#"u8.ToArray())
        {
            for (var i = 0; i < text.Length; i++)
            {
                var mangled = (byte[])text.Clone();
                mangled[i] = replacement;

                DocumentReader.Read(mangled, DocumentSyntax.Yaml);
                DocumentReader.Read(mangled.AsSpan(0, i), DocumentSyntax.Yaml);
            }
        }
    }

    private static NodeProblem FaultOf(byte[] bytes) =>
        Assert.Single(Assert.Single(DocumentReader.Read(bytes, DocumentSyntax.Yaml)).Problems);
}

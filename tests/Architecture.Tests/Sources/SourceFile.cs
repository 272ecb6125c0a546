using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace XdsCanary.Architecture.Tests.Sources;

/// <summary>A C# file of ours.</summary>
/// <param name="Path">Its path from the root of the repository, with forward slashes.</param>
/// <param name="Text">Its content.</param>
internal sealed record SourceFile(string Path, string Text)
{
    private SyntaxTree? _tree;

    /// <summary>Its syntax: one instance, whichever of the tests that run side by side asks first. Compilations know it by that.</summary>
    public SyntaxTree Tree => LazyInitializer.EnsureInitialized(ref _tree, () => CSharpSyntaxTree.ParseText(Text, path: Path));

    /// <summary>The root of its syntax.</summary>
    public SyntaxNode Root => Tree.GetRoot();

    /// <summary>How many lines it has.</summary>
    public int LineCount => Text.AsSpan().Count('\n');

    /// <summary>Where a node stands, as an editor opens it.</summary>
    public string Locate(SyntaxNode node) => $"{Path}:{Tree.GetLineSpan(node.Span).StartLinePosition.Line + 1}";

    /// <summary>How many lines a node has, without the comment above it.</summary>
    public int LinesOf(SyntaxNode node)
    {
        var span = Tree.GetLineSpan(node.Span);
        return span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
    }
}

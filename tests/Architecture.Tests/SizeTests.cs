using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using XdsCanary.Architecture.Tests.Sources;

namespace XdsCanary.Architecture.Tests;

/// <summary>Walls against growth. Who meets one splits by reason to change, not by line number.</summary>
public sealed class SizeTests
{
    private const int MaximalSourceFile = 300;
    private const int MaximalTestFile = 500;
    private const int MaximalMethod = 60;
    private const int MaximalConstructorParameters = 7;

    [Fact]
    public void Files_are_small() => Violations.AssertNone(
        $"A file has at most {MaximalSourceFile} lines, one of tests {MaximalTestFile}.",
        Repository.Source.Where(file => file.LineCount > MaximalSourceFile)
            .Concat(Repository.Tests.Where(file => file.LineCount > MaximalTestFile))
            .Select(file => $"{file.Path}: {file.LineCount}"));

    [Fact]
    public void Methods_are_small() => Violations.AssertNone(
        $"A method has at most {MaximalMethod} lines.",
        from file in Repository.Source.Concat(Repository.Tests)
        from node in file.Root.DescendantNodes()
        where node is BaseMethodDeclarationSyntax or BasePropertyDeclarationSyntax or LocalFunctionStatementSyntax
        where !IsData(node) && file.LinesOf(node) > MaximalMethod
        select $"{file.Locate(node)}: {file.LinesOf(node)}");

    [Fact]
    public void Constructors_take_few_parameters() => Violations.AssertNone(
        $"A constructor has at most {MaximalConstructorParameters} parameters; records are values and may have more.",
        from file in Repository.Source.Concat(Repository.Tests)
        from node in file.Root.DescendantNodes()
        let parameters = ParametersOf(node)
        where parameters > MaximalConstructorParameters
        select $"{file.Locate(node)}: {parameters}");

    private static int ParametersOf(SyntaxNode node) => node switch
    {
        ConstructorDeclarationSyntax constructor => constructor.ParameterList.Parameters.Count,
        ClassDeclarationSyntax type => type.ParameterList?.Parameters.Count ?? 0,
        StructDeclarationSyntax type => type.ParameterList?.Parameters.Count ?? 0,
        _ => 0,
    };

    // A table of values is as long as there are values; it has no way through it that one could lose.
    private static bool IsData(SyntaxNode node) =>
        node is PropertyDeclarationSyntax { Initializer: not null, ExpressionBody: null };
}

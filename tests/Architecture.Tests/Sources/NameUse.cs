using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace XdsCanary.Architecture.Tests.Sources;

/// <summary>A place where a type is used, by its own name or through one of its members.</summary>
/// <param name="Type">The type's full name, without type arguments.</param>
/// <param name="Place">Where.</param>
internal sealed record NameUse(string Type, string Place)
{
    /// <summary>Finds the uses of types in a file; documentation is not use.</summary>
    public static IEnumerable<NameUse> In(SourceFile file, Compilation compilation)
    {
        var model = compilation.GetSemanticModel(file.Tree);
        foreach (var name in file.Root.DescendantNodes().OfType<SimpleNameSyntax>())
        {
            if (name.FirstAncestorOrSelf<UsingDirectiveSyntax>() is null && TypeOf(model.GetSymbolInfo(name).Symbol) is { } type)
            {
                yield return new NameUse(FullName(type), file.Locate(name));
            }
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Place} uses {Type}";

    private static INamedTypeSymbol? TypeOf(ISymbol? symbol) => symbol switch
    {
        INamedTypeSymbol type => type.OriginalDefinition,
        IMethodSymbol method => (method.ReducedFrom ?? method).ContainingType?.OriginalDefinition,
        IPropertySymbol or IFieldSymbol or IEventSymbol => symbol.ContainingType?.OriginalDefinition,
        _ => null,
    };

    private static string FullName(INamedTypeSymbol type) => type.ToDisplayString(new SymbolDisplayFormat(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces));
}

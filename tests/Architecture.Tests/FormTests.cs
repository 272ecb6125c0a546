using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using XdsCanary.Architecture.Tests.Sources;

namespace XdsCanary.Architecture.Tests;

/// <summary>Rules of form that the compiler does not check.</summary>
public sealed class FormTests
{
    // Each module's log events have a range of their own, so that a number says where to look.
    private static readonly Dictionary<string, Range> EventRanges = new()
    {
        ["XdsServer"] = 1_000..2_000,
        ["CanaryEngine"] = 2_000..3_000,
        ["KubeRuntime"] = 3_000..4_000,
        ["DemoProxy"] = 4_000..5_000,
        ["LoadTester"] = 5_000..6_000,
    };

    [Fact]
    public void Internal_classes_are_sealed_static_or_abstract()
    {
        var open =
            from file in Repository.Source
            from declaration in file.Root.DescendantNodes().OfType<TypeDeclarationSyntax>()
            where declaration is ClassDeclarationSyntax || declaration.IsKind(SyntaxKind.RecordDeclaration)
            let model = ProjectCompilation.Of(file.Path.Split('/')[1]).GetSemanticModel(file.Tree)
            let type = model.GetDeclaredSymbol(declaration)
            where type is { IsSealed: false, IsStatic: false, IsAbstract: false }
                && type.DeclaredAccessibility != Accessibility.Public
            select $"{file.Locate(declaration)}: {type.Name}";

        Violations.AssertNone("An internal class is sealed unless it is made to be derived from.", open);
    }

    [Fact]
    public void Event_ids_are_in_their_module_s_range_and_never_given_out_twice()
    {
        var ids = EventIds().ToArray();

        Violations.AssertNone(
            "An event id lies in the range of its module.",
            ids.Where(id => id.Value < EventRanges[id.Project].Start.Value || id.Value >= EventRanges[id.Project].End.Value)
                .Select(id => $"{id.Place}: {id.Value}"));
        Violations.AssertNone(
            "An event id is given out once.",
            Repeated(ids.Select(id => ($"{id.Value}", id.Place))));
    }

    [Fact]
    public void Log_events_have_an_id_of_their_own()
    {
        var uses =
            from file in Repository.Source
            from attribute in file.Root.DescendantNodes().OfType<AttributeSyntax>()
            where attribute.Name.ToString() == "LoggerMessage"
            let id = attribute.ArgumentList?.Arguments.FirstOrDefault()?.ToString() ?? "none"
            select (Id: id, Place: file.Locate(attribute));
        var all = uses.ToArray();

        Violations.AssertNone(
            "A log event names its id in a class of ids.",
            all.Where(use => !use.Id.Contains("EventIds.", StringComparison.Ordinal)).Select(use => $"{use.Place}: {use.Id}"));
        Violations.AssertNone(
            "Two log events do not share an id.",
            Repeated(all));
    }

    private static IEnumerable<string> Repeated(IEnumerable<(string Id, string Place)> uses) =>
        from use in uses
        group use.Place by use.Id into places
        where places.Count() > 1
        select $"{places.Key}: {string.Join(", ", places)}";

    private static IEnumerable<(string Project, int Value, string Place)> EventIds() =>
        from file in Repository.Source
        from type in file.Root.DescendantNodes().OfType<ClassDeclarationSyntax>()
        where type.Identifier.Text.EndsWith("EventIds", StringComparison.Ordinal)
        from field in type.Members.OfType<FieldDeclarationSyntax>()
        from variable in field.Declaration.Variables
        let value = (int)((LiteralExpressionSyntax)variable.Initializer!.Value).Token.Value!
        select (file.Path.Split('/')[1], value, file.Locate(variable));
}

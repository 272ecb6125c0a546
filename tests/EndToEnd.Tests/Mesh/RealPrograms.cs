namespace XdsCanary.EndToEnd.Tests.Mesh;

/// <summary>Tests that load the machine with real programs: one at a time, so that none measures another.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class RealPrograms
{
    public const string Name = "Real programs";
}

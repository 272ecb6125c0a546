namespace XdsCanary.Architecture.Tests;

/// <summary>Says what is wrong, all of it, one line each.</summary>
internal static class Violations
{
    /// <summary>Fails with the list unless it is empty.</summary>
    public static void AssertNone(string rule, IEnumerable<string> violations)
    {
        var found = violations.ToArray();
        Assert.True(found.Length == 0, $"{rule} {found.Length} violations:\n{string.Join('\n', found)}");
    }
}

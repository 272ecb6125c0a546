using System.Collections.Immutable;
using FsCheck.Xunit;
using XdsCanary.XdsServer.Protocol;

namespace XdsCanary.XdsServer.Tests.Protocol;

/// <summary>A set of names behaves as a set; FsCheck prints the seed.</summary>
[Properties(MaxTest = 300, QuietOnSuccess = true)]
public sealed class NameSetTests
{
    [Property]
    public bool Of_AnyOrderWithRepeats_IsSortedWithoutRepeats(byte[] names) =>
        Of(names).Names.SequenceEqual(Texts(names).Distinct().Order(StringComparer.Ordinal).ToArray());

    [Property]
    public bool Contains_AnyName_AgreesWithTheList(byte[] names, byte name) =>
        Of(names).Contains(Text(name)) == names.Any(other => Text(other) == Text(name));

    [Property]
    public bool Union_AnySets_HoldsBoth(byte[] left, byte[] right) =>
        Of(left).Union(Of(right)).Equals(NameSet.Of(Texts(left).Union(Texts(right))));

    [Property]
    public bool Except_AnySets_LeavesTheDifference(byte[] left, byte[] right) =>
        Of(left).Except(Of(right)).Equals(NameSet.Of(Texts(left).Except(Texts(right))));

    [Property]
    public bool Where_AnyCondition_LeavesWhatFits(byte[] names, byte limit)
    {
        bool Fits(string name) => string.CompareOrdinal(name, Text(limit)) < 0;
        return Of(names).Where(Fits).Equals(NameSet.Of(Texts(names).Where(Fits)));
    }

    [Property]
    public bool Overlaps_AnySets_TellsOfACommonName(byte[] left, byte[] right) =>
        Of(left).Overlaps([.. Of(right).Names]) == Texts(left).Intersect(Texts(right)).Any();

    [Property]
    public bool Equals_AnySets_IsByContentAndSoIsTheHash(byte[] left, byte[] right)
    {
        var same = Texts(left).ToHashSet().SetEquals(Texts(right));
        var reversed = NameSet.Of(Texts(left).Reverse());
        return Of(left).Equals(Of(right)) == same
            && reversed.Equals(Of(left)) && reversed.GetHashCode() == Of(left).GetHashCode();
    }

    [Fact]
    public void Operations_WithoutEffect_KeepTheInstance()
    {
        var set = NameSet.Of(["b", "a"]);

        Assert.Same(set, set.Union(NameSet.Empty));
        Assert.Same(set, NameSet.Empty.Union(set));
        Assert.Same(set, set.Except(NameSet.Of(["c"])));
        Assert.Same(set, set.Where(_ => true));
        Assert.Same(NameSet.Empty, set.Except(set));
        Assert.Same(NameSet.Empty, set.Where(_ => false));
        Assert.Same(NameSet.Empty, NameSet.Of([]));
        Assert.False(set.Overlaps(ImmutableArray<string>.Empty));
        Assert.False(set.Equals(null));
        Assert.Equal("a, b", set.ToString());
    }

    private static NameSet Of(byte[] names) => NameSet.Of(Texts(names));

    private static IEnumerable<string> Texts(byte[] names) => names.Select(Text);

    // Few different names, so that repeats and overlaps are common.
    private static string Text(byte name) => ((char)('A' + (name % 40))).ToString();
}

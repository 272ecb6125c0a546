using XdsCanary.CanaryEngine.Kubernetes.Objects;

namespace XdsCanary.CanaryEngine.Tests.Kubernetes;

public sealed class IncludePrefixesTests
{
    private static readonly KeyValuePair<string, string>[] Labels =
    [
        new("foo", "1"), new("foo-bar", "2"), new("bar", "3"), new("kustomize.toolkit.fluxcd.io/name", "4"),
    ];

    [Theory]
    [InlineData("foo", "foo foo-bar")]
    [InlineData("foo-, ba", "foo-bar bar")]
    [InlineData("kustomize", "")]
    public void RTR_21_CAN_42_keys_with_one_of_the_prefixes_are_kept(string setting, string kept) => Assert.Equal(kept, Kept(setting));

    [Fact]
    public void RTR_22_CAN_42_a_star_keeps_all_but_those_of_Flux() => Assert.Equal("foo foo-bar bar", Kept("*"));

    [Theory]
    [InlineData("")]
    [InlineData(" , ")]
    public void RTR_23_CAN_42_no_prefix_keeps_none(string setting) => Assert.Equal(string.Empty, Kept(setting));

    private static string Kept(string setting) =>
        string.Join(' ', IncludePrefixes.Parse(setting).Of(Labels).Select(entry => entry.Key));
}

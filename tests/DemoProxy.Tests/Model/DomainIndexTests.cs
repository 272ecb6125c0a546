using XdsCanary.DemoProxy.Model;

namespace XdsCanary.DemoProxy.Tests.Model;

public sealed class DomainIndexTests
{
    [Theory]
    [InlineData("shop.default", "shop.default")]
    [InlineData("SHOP.Default", "shop.default")]
    [InlineData("a.shop.default", "*.default")]
    [InlineData("a.shop.default.svc", "*")]
    [InlineData("x.long.default", "*.long.default")]
    [InlineData(".default", "*")]
    [InlineData("api.one", "api.*")]
    [InlineData("api.v1.one", "api.v1.*")]
    [InlineData("api.", "*")]
    [InlineData("api.default", "*.default")]
    [InlineData("nothing", "*")]
    public void Find_takes_the_most_specific_domain(string authority, string expected)
    {
        var index = Index("shop.default", "*.default", "*.long.default", "api.*", "api.v1.*", "*");

        Assert.Equal(expected, index.Find(authority)?.Name);
    }

    [Fact]
    public void Find_without_a_matching_domain_returns_null() => Assert.Null(Index("shop", "*.default").Find("other"));

    [Fact]
    public void Create_with_a_repeated_domain_names_it()
    {
        var fault = Assert.Throws<ArgumentException>(() => Index("shop", "SHOP"));

        Assert.Contains("'shop'", fault.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("shop.default.", false, "shop.default")]
    [InlineData("shop.default.:80", false, "shop.default:80")]
    [InlineData("shop.default:80", true, "shop.default")]
    [InlineData("[::1]:80", true, "[::1]")]
    [InlineData("[::1]", true, "[::1]")]
    [InlineData("shop", false, "shop")]
    [InlineData("", false, "")]
    public void Normalize_strips_what_does_not_count(string authority, bool ignorePort, string expected) =>
        Assert.Equal(expected, Authority.Normalize(authority, ignorePort));

    private static DomainIndex Index(params string[] domains) =>
        DomainIndex.Create([.. domains.Select(domain => new VirtualHost(domain, [domain], []))]);
}

using XdsCanary.CanaryEngine.Core;

namespace XdsCanary.CanaryEngine.Tests.Resources;

public sealed class AffinityReaderTests
{
    [Fact]
    public void Attributes_are_written_in_one_order()
    {
        var affinity = Accept(
            "cookieName: release, primaryCookieName: stable, maxAge: 3600, secure: true, sameSite: None, path: /shop, "
            + "partitioned: true, httpOnly: true, domain: shop.example.com");

        Assert.Equal(
            new SessionAffinitySpec
            {
                CookieName = "release",
                PrimaryCookieName = "stable",
                MaxAge = TimeSpan.FromHours(1),
                Attributes = "Domain=shop.example.com; HttpOnly; Partitioned; Path=/shop; SameSite=None; Secure",
            },
            affinity);
    }

    [Theory]
    [InlineData("cookieName: release")]
    [InlineData("cookieName: release, maxAge: 0, httpOnly: false, sameSite: '', domain: ''")]
    public void Cookie_lives_a_day_and_has_no_attributes_unless_written(string affinity) => Assert.Equal(
        new SessionAffinitySpec { CookieName = "release", MaxAge = TimeSpan.FromDays(1) }, Accept(affinity));

    [Theory]
    [InlineData("maxAge: 60", "cookieName: is missing. ")]
    [InlineData("cookieName: a b", "cookieName: is not the name of a cookie, 'a b'. ")]
    [InlineData("cookieName: a, primaryCookieName: 'b;c'", "primaryCookieName: is not the name of a cookie, 'b;c'. ")]
    [InlineData("cookieName: a, maxAge: -1", "maxAge: must be a whole number from 0 to ")]
    [InlineData("cookieName: a, path: '/;x'", "path: cannot stand in a cookie, '/;x'. ")]
    [InlineData("cookieName: a, sameSite: lax", "sameSite: must be one of Strict, Lax, None, not 'lax'. Write 'Lax'")]
    [InlineData("cookieName: a, httponly: true", "httponly: is not a known field. Write 'httpOnly'")]
    public void Cookie_that_no_browser_takes_is_refused(string affinity, string fault) => Assert.StartsWith(
        $"sessionAffinity.{fault}",
        Assert.Single(CanaryManifest.RefuseAnalysis($"stepWeight: 10, sessionAffinity: {{ {affinity} }}")),
        StringComparison.Ordinal);

    [Fact]
    public void CTL_63_the_two_cookies_have_different_names() => Assert.StartsWith(
        "sessionAffinity.primaryCookieName: can't use the same cookie name for both primary and cookie name; "
        + "please update them to be different. ",
        Assert.Single(CanaryManifest.RefuseAnalysis("stepWeight: 10, sessionAffinity: {cookieName: a, primaryCookieName: a}")),
        StringComparison.Ordinal);

    private static SessionAffinitySpec? Accept(string affinity) =>
        CanaryManifest.AcceptAnalysis($"stepWeight: 10, sessionAffinity: {{ {affinity} }}").SessionAffinity;
}

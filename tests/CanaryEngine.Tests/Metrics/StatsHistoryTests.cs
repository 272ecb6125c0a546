using System.Collections.Immutable;
using XdsCanary.CanaryEngine.Metrics.EnvoyStats;

namespace XdsCanary.CanaryEngine.Tests.Metrics;

public sealed class StatsHistoryTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void Window_is_the_growth_between_its_ends()
    {
        var history = History((0, 100), (10, 110), (20, 150));

        var window = history.Over(At(20), TimeSpan.FromSeconds(10));

        Assert.Equal((40, TimeSpan.FromSeconds(10)), (window!.Requests, window.Covered));
        Assert.Equal(4, window.Rate);
    }

    [Fact]
    public void Window_longer_than_the_history_uses_what_there_is()
    {
        var window = History((0, 100), (20, 150)).Over(At(20), Minute);

        Assert.Equal((50, TimeSpan.FromSeconds(20)), (window!.Requests, window.Covered));
    }

    [Fact]
    public void Window_that_begins_between_two_samples_takes_its_part_of_the_growth() =>
        Assert.Equal(25, History((0, 0), (10, 40), (20, 50)).Over(At(20), TimeSpan.FromSeconds(13.75))!.Requests, 9);

    [Fact]
    public void One_sample_is_no_window()
    {
        Assert.Null(History().Over(At(0), Minute));
        Assert.Null(History((0, 100)).Over(At(10), Minute));
    }

    [Fact]
    public void Proxy_that_fell_silent_before_the_window_is_not_in_it() =>
        Assert.Null(History((0, 0), (10, 10)).Over(At(100), Minute));

    [Fact]
    public void Counters_of_a_restarted_proxy_begin_at_zero() =>
        Assert.Equal(10 + 7 + 3, History((0, 100), (10, 110), (20, 7), (30, 10)).Over(At(30), Minute)!.Requests);

    [Fact]
    public void Restart_is_seen_even_when_a_code_has_not_come_back()
    {
        var before = new ClusterCounts(Codes((200, 5), (503, 90)), ImmutableSortedDictionary<double, double>.Empty);
        var after = before with { Codes = Codes((200, 8)) };

        Assert.Equal(8, after.Since(before).Requests);
    }

    [Fact]
    public void Code_seen_for_the_first_time_counts_from_zero()
    {
        var before = new ClusterCounts(Codes((200, 5)), ImmutableSortedDictionary<double, double>.Empty);
        var after = before with { Codes = Codes((200, 5), (500, 20)) };

        var window = new StatsWindow(after.Since(before), Minute);

        Assert.Equal((20, 0.0), (window.Requests, window.SuccessRate));
    }

    [Fact]
    public void Long_window_keeps_a_bounded_history_and_the_whole_growth()
    {
        var history = new StatsHistory();
        for (var second = 0; second <= 3000; second++)
        {
            history.Add(Sample(second, 2 * second), TimeSpan.FromHours(1));
        }

        Assert.InRange(history.Count, 2, StatsHistory.Capacity);
        Assert.Equal(6000, history.Over(At(3000), TimeSpan.FromHours(1))!.Requests);
        Assert.Equal(120, history.Over(At(3000), Minute)!.Requests, 9);
    }

    [Fact]
    public void What_no_window_reaches_is_forgotten()
    {
        var history = new StatsHistory();
        for (var second = 0; second <= 100; second++)
        {
            history.Add(Sample(second, second), TimeSpan.FromSeconds(10));
        }

        Assert.Equal(11, history.Count);
    }

    [Theory]
    [InlineData(0.4, 10)]
    [InlineData(0.2, 5)]
    [InlineData(0.6, 55)]
    [InlineData(0.8, 100)]
    [InlineData(0.99, 100)]
    public void Quantiles_are_even_inside_a_bucket_and_never_beyond_the_last_bound(double quantile, double expected)
    {
        var buckets = new Dictionary<double, double> { [10] = 50, [100] = 100, [double.PositiveInfinity] = 125 };
        var window = new StatsWindow(
            ClusterCounts.Zero with { Buckets = buckets.ToImmutableSortedDictionary() }, Minute);

        Assert.Equal(expected, window.Duration(quantile)!.Value, tolerance: 1e-9);
    }

    [Fact]
    public void Without_any_request_there_is_no_value()
    {
        var window = new StatsWindow(ClusterCounts.Zero, Minute);

        Assert.Null(window.SuccessRate);
        Assert.Null(window.Duration(0.99));
        Assert.Null(window.Rate);
    }

    [Fact]
    public void Envoys_text_is_read_and_the_rest_of_it_ignored()
    {
        const string Text =
            """
            # TYPE envoy_cluster_upstream_rq counter
            envoy_cluster_upstream_rq{envoy_response_code="200",envoy_cluster_name="web-canary"} 3
            envoy_cluster_upstream_rq{envoy_response_code="503",envoy_cluster_name="web-canary"} 1
            envoy_cluster_upstream_rq{envoy_response_code="200",envoy_cluster_name="other"} 9
            envoy_cluster_upstream_rq_total{envoy_cluster_name="web-canary"} 4
            envoy_server_live{} 1
            # TYPE envoy_cluster_upstream_rq_time histogram
            envoy_cluster_upstream_rq_time_bucket{envoy_cluster_name="web-canary",le="0.5"} 1
            envoy_cluster_upstream_rq_time_bucket{envoy_cluster_name="web-canary",le="+Inf"} 4
            envoy_cluster_upstream_rq_time_sum{envoy_cluster_name="web-canary"} 9.14
            """;

        var counts = StatsTextReader.Read(Text)["web-canary"];

        Assert.Equal(Codes((200, 3), (503, 1)), counts.Codes);
        Assert.Equal([new(0.5, 1), new(double.PositiveInfinity, 4)], counts.Buckets);
    }

    [Theory]
    [InlineData("success-rate(web-canary)", "success-rate(shop/web-canary)")]
    [InlineData("request-duration( other/web-canary , 0.5 )", "request-duration(other/web-canary, 0.5)")]
    [InlineData("request-rate(web)", "request-rate(shop/web)")]
    [InlineData("request-duration(web)", null)]
    [InlineData("request-duration(web, 1.5)", null)]
    [InlineData("success-rate(web, 0.5)", null)]
    [InlineData("sum(rate(x[1m]))", null)]
    public void Queries_are_read(string text, string? expected) =>
        Assert.Equal(expected, EnvoyQuery.Parse(text, "shop")?.ToString());

    private static StatsHistory History(params (int Second, double Requests)[] samples)
    {
        var history = new StatsHistory();
        foreach (var (second, requests) in samples)
        {
            history.Add(Sample(second, requests), TimeSpan.FromHours(1));
        }

        return history;
    }

    private static StatsSample Sample(int second, double requests) => new(
        At(second), new ClusterCounts(Codes((200, requests)), ImmutableSortedDictionary<double, double>.Empty));

    private static DateTimeOffset At(int second) => Start + TimeSpan.FromSeconds(second);

    private static ImmutableSortedDictionary<int, double> Codes(params (int Code, double Count)[] counts) =>
        counts.ToImmutableSortedDictionary(count => count.Code, count => count.Count);
}

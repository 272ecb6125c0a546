using System.Globalization;

namespace XdsCanary.LoadTester.Load;

/// <summary>Counts answers and latencies in bounded memory. Thread-safe.</summary>
internal sealed class LoadTally
{
    private const double Growth = 1.02;
    private const double SmallestMs = 0.01;
    private const int Buckets = 1_000;
    private const string NoAnswer = "none";

    private readonly Lock _lock = new();
    private readonly long[] _counts = new long[Buckets];
    private readonly SortedDictionary<string, long> _codes = new(StringComparer.Ordinal);
    private long _requests;
    private long _errors;
    private double _sum;
    private double _max;

    /// <summary>Counts an answer.</summary>
    /// <param name="status">The status; null for no answer.</param>
    /// <param name="latency">How long it took.</param>
    public void Add(int? status, TimeSpan latency)
    {
        var ms = Math.Max(latency.TotalMilliseconds, SmallestMs);
        var bucket = (int)Math.Min(Math.Log(ms / SmallestMs) / Math.Log(Growth), Buckets - 1);
        var code = status?.ToString(CultureInfo.InvariantCulture) ?? NoAnswer;
        lock (_lock)
        {
            _requests++;
            _errors += status is null or >= 500 ? 1 : 0;
            _codes[code] = _codes.GetValueOrDefault(code) + 1;
            _counts[bucket]++;
            _sum += ms;
            _max = Math.Max(_max, ms);
        }
    }

    /// <summary>Judges what was counted.</summary>
    /// <param name="plan">The plan with its limits.</param>
    /// <param name="took">How long it took in all.</param>
    public LoadReport Report(LoadPlan plan, TimeSpan took)
    {
        lock (_lock)
        {
            var errors = _requests == 0 ? 0 : 100.0 * _errors / _requests;
            var latency = new LatencySummary(
                Round(_requests == 0 ? 0 : _sum / _requests), Quantile(0.5), Quantile(0.9), Quantile(0.95), Quantile(0.99), Round(_max));
            var reason = Judge(plan, errors, latency.P99);
            return new LoadReport(
                reason.Length == 0,
                reason,
                _requests,
                _errors,
                Round(errors),
                Round(took > TimeSpan.Zero ? _requests / took.TotalSeconds : 0),
                new SortedDictionary<string, long>(_codes, StringComparer.Ordinal),
                latency);
        }
    }

    private static double Round(double number) => Math.Round(number, 3);

    private string Judge(LoadPlan plan, double errorPercent, double p99)
    {
        var culture = CultureInfo.InvariantCulture;
        if (_requests == 0)
        {
            return "no request was made";
        }

        if (errorPercent > plan.MaxErrorPercent)
        {
            return string.Create(culture, $"{errorPercent:0.##}% errors are more than {plan.MaxErrorPercent:0.##}%");
        }

        return p99 > plan.MaxP99?.TotalMilliseconds
            ? string.Create(culture, $"p99 of {p99:0.#} ms is above {plan.MaxP99?.TotalMilliseconds:0.#} ms")
            : string.Empty;
    }

    private double Quantile(double share)
    {
        var rank = (long)Math.Ceiling(share * _requests);
        for (var bucket = 0; bucket < Buckets && rank > 0; bucket++)
        {
            rank -= _counts[bucket];
            if (rank <= 0)
            {
                return Round(Math.Min(SmallestMs * Math.Pow(Growth, bucket + 0.5), _max));
            }
        }

        return 0;
    }
}

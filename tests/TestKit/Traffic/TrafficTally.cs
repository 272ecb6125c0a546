using System.Collections.Immutable;

namespace XdsCanary.TestKit.Traffic;

/// <summary>Counts answers. Thread-safe: one lock, held for nanoseconds.</summary>
internal sealed class TrafficTally(TimeProvider time)
{
    private const int MaximalKinds = 100;

    private readonly Lock _gate = new();
    private readonly long _started = time.GetTimestamp();
    private readonly Dictionary<string, long> _byUpstream = new(StringComparer.Ordinal);
    private readonly Dictionary<int, long> _byStatus = [];
    private readonly Dictionary<string, long> _failures = new(StringComparer.Ordinal);
    private long _requests;

    public long Requests => Interlocked.Read(ref _requests);

    public void AddAnswer(in Answer answer)
    {
        lock (_gate)
        {
            _requests++;
            Count(_byStatus, answer.Status);
            if (answer.Upstream.Length > 0)
            {
                Count(_byUpstream, answer.Upstream);
            }

            if (!answer.IsSuccess)
            {
                Count(_failures, $"{answer.Status} {answer.Body}");
            }
        }
    }

    public void AddError(string description)
    {
        lock (_gate)
        {
            _requests++;
            Count(_failures, description);
        }
    }

    public TrafficReport Report()
    {
        lock (_gate)
        {
            return new TrafficReport(
                _requests,
                _byUpstream.ToImmutableSortedDictionary(StringComparer.Ordinal),
                _byStatus.ToImmutableSortedDictionary(),
                _failures.ToImmutableSortedDictionary(StringComparer.Ordinal),
                time.GetElapsedTime(_started));
        }
    }

    private static void Count<TKey>(Dictionary<TKey, long> counts, TKey key)
        where TKey : notnull
    {
        // A server that puts a time into its error text must not fill the memory of the test.
        if (counts.Count < MaximalKinds || counts.ContainsKey(key))
        {
            counts[key] = counts.GetValueOrDefault(key) + 1;
        }
    }
}

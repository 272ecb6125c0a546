namespace XdsCanary.DemoProxy.Stats;

/// <summary>Counts responses by status code. Thread-safe.</summary>
internal sealed class StatusCounts
{
    private const int First = 100;
    private readonly long[] _counts = new long[500];

    /// <summary>Counts a response.</summary>
    /// <param name="status">Its status code; anything that is not from 100 to 599 is not counted.</param>
    public void Record(int status)
    {
        if (status is >= First and < First + 500)
        {
            Interlocked.Increment(ref _counts[status - First]);
        }
    }

    /// <summary>The status codes seen, in ascending order, with their counts.</summary>
    public IEnumerable<(int Status, long Count)> ByStatus()
    {
        for (var index = 0; index < _counts.Length; index++)
        {
            var count = Interlocked.Read(ref _counts[index]);
            if (count > 0)
            {
                yield return (index + First, count);
            }
        }
    }

    /// <summary>The classes seen (2 for 2xx), in ascending order, with their counts.</summary>
    public IEnumerable<(int Class, long Count)> ByClass() =>
        ByStatus().GroupBy(entry => entry.Status / 100).Select(group => (group.Key, group.Sum(entry => entry.Count)));
}

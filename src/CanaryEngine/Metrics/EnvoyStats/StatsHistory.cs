namespace XdsCanary.CanaryEngine.Metrics.EnvoyStats;

/// <summary>
/// The samples of one cluster at one proxy, oldest first. Bounded: when it is full, the older half is thinned out, so that a
/// long window costs no more memory than a short one. Not thread-safe.
/// </summary>
internal sealed class StatsHistory
{
    /// <summary>The samples that are kept at most.</summary>
    public const int Capacity = 240;

    private readonly List<StatsSample> _samples = [];

    /// <summary>How many samples there are.</summary>
    public int Count => _samples.Count;

    /// <summary>When the last sample was taken; null when there is none.</summary>
    public DateTimeOffset? LastAt => _samples.Count > 0 ? _samples[^1].At : null;

    /// <summary>Adds a sample and forgets what no window reaches any more.</summary>
    /// <param name="sample">The sample; one that is not newer than the last is left out.</param>
    /// <param name="retention">The longest window asked for.</param>
    public void Add(StatsSample sample, TimeSpan retention)
    {
        if (LastAt >= sample.At)
        {
            return;
        }

        _samples.Add(sample);
        // The last one before the window is where the window's growth begins.
        var first = Math.Max(_samples.FindLastIndex(kept => kept.At <= sample.At - retention), 0);
        _samples.RemoveRange(0, first);
        if (_samples.Count > Capacity)
        {
            Thin();
        }
    }

    /// <summary>The growth over a window that ends now.</summary>
    /// <param name="now">The end of the window.</param>
    /// <param name="window">How long it is.</param>
    /// <returns>Null with fewer than two samples in reach.</returns>
    public StatsWindow? Over(DateTimeOffset now, TimeSpan window)
    {
        var start = now - window;
        var first = Math.Max(_samples.FindLastIndex(sample => sample.At <= start), 0);
        if (_samples.Count - first < 2 || _samples[^1].At <= start)
        {
            return null;
        }

        var growth = ClusterCounts.Zero;
        for (var index = first + 1; index < _samples.Count; index++)
        {
            var (earlier, later) = (_samples[index - 1], _samples[index]);
            var step = later.Counts.Since(earlier.Counts);
            growth = growth.Plus(earlier.At < start ? step.Scale((later.At - start) / (later.At - earlier.At)) : step);
        }

        var begin = _samples[first].At < start ? start : _samples[first].At;
        return new StatsWindow(growth, _samples[^1].At - begin);
    }

    private void Thin()
    {
        // A restart between two samples is found in their sum as well: what is lost is a little of the time of it.
        for (var index = (_samples.Count / 2) - 1; index > 0; index -= 2)
        {
            _samples.RemoveAt(index);
        }
    }
}

/// <summary>What a proxy had counted for a cluster at a time.</summary>
/// <param name="At">When.</param>
/// <param name="Counts">What.</param>
internal sealed record StatsSample(DateTimeOffset At, ClusterCounts Counts);

namespace XdsCanary.CanaryEngine.Core;

/// <summary>A bounded list of events in which repetitions are counted. Pure.</summary>
internal static class CanaryEvents
{
    /// <summary>Adds events.</summary>
    /// <param name="known">The events so far, oldest first.</param>
    /// <param name="added">Further ones, in order.</param>
    /// <param name="limit">How many are kept.</param>
    public static EquatableArray<CanaryEvent> Append(
        EquatableArray<CanaryEvent> known, IReadOnlyList<CanaryEvent> added, int limit)
    {
        if (added.Count == 0)
        {
            return known;
        }

        var events = known.ToList();
        foreach (var next in added)
        {
            if (events.Count > 0 && events[^1] is var last && last.Text == next.Text && last.Phase == next.Phase)
            {
                events[^1] = last with { Last = next.Last, Count = last.Count + 1 };
            }
            else
            {
                events.Add(next);
            }
        }

        return events.Skip(Math.Max(0, events.Count - limit)).ToEquatableArray();
    }
}

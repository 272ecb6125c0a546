using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using XdsCanary.CanaryEngine.Core;

namespace XdsCanary.CanaryEngine.Tests.Core;

/// <summary>
/// Many canaries on one clock that jumps from one due to the next. Things happen to each of them at random times; all that is
/// decided goes into a hash, in the order in which it is decided.
/// </summary>
internal sealed class SimulatedFleet : IDisposable
{
    private const int ShortestInterval = 60;
    private const int LongestInterval = 300;
    private const int SecondsBetweenHappenings = 3600;

    private readonly RandomWorld[] _worlds;
    private readonly DateTimeOffset[] _dues;
    private readonly Random _random;
    private readonly PriorityQueue<(int Canary, bool Happens), (DateTimeOffset At, long Order)> _queue = new();
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _order;

    public SimulatedFleet(int seed, int canaries)
    {
        _random = new Random(seed);
        _dues = new DateTimeOffset[canaries];
        _worlds = [.. Enumerable.Range(0, canaries).Select(_ => new RandomWorld(_random.Next(), ShortestInterval, LongestInterval))];
        for (var canary = 0; canary < canaries; canary++)
        {
            Wake(canary, Canaries.Start.AddMilliseconds(_random.Next(LongestInterval * 1000)));
            HappenLater(canary, Canaries.Start);
        }
    }

    public long Decisions { get; private set; }

    public int Happenings { get; private set; }

    public int Succeeded { get; private set; }

    public int Failed { get; private set; }

    /// <summary>Whoever is under way and will not be looked at again, though no person has paused it.</summary>
    public IEnumerable<CanaryStatus> Forgotten => _worlds.Select(random => random.World)
        .Where(world => world.Due is null && world.Status.Phase.IsRunning() && !world.Status.Paused)
        .Select(world => world.Status);

    /// <summary>Lets time pass and tells the hash of everything decided.</summary>
    public string Run(TimeSpan span)
    {
        var end = Canaries.Start + span;
        while (_queue.TryDequeue(out var next, out var when) && when.At <= end)
        {
            var random = _worlds[next.Canary];
            if (next.Happens)
            {
                random.Happen();
                Happenings++;
                HappenLater(next.Canary, when.At);
            }
            else if (_dues[next.Canary] != when.At)
            {
                continue;
            }

            random.World.Now = when.At;
            random.World.Settle();
            Note(next.Canary, random.World);
            Wake(next.Canary, random.World.Due);
        }

        return Convert.ToHexStringLower(_hash.GetHashAndReset());
    }

    public void Dispose() => _hash.Dispose();

    private void HappenLater(int canary, DateTimeOffset now) => _queue.Enqueue(
        (canary, true), (now.AddMilliseconds(_random.Next(2 * SecondsBetweenHappenings * 1000)), _order++));

    private void Wake(int canary, DateTimeOffset? due)
    {
        if (due is { } at && at != _dues[canary])
        {
            _queue.Enqueue((canary, false), (at, _order++));
        }

        _dues[canary] = due ?? default;
    }

    private void Note(int canary, SimulatedWorld world)
    {
        foreach (var step in world.Steps)
        {
            Decisions++;
            Add(string.Create(CultureInfo.InvariantCulture, $"{canary} {step.At.UtcTicks} {step.Decision.Due?.UtcTicks}\n"));
            if (step.Before != step.After)
            {
                Add(Text(step.After));
            }

            foreach (var effect in step.Decision.Effects)
            {
                Add(effect.ToString());
            }

            foreach (var notice in step.Decision.Notices)
            {
                Add(notice.ToString());
                Succeeded += notice is RunEndedNotice { Succeeded: true } ? 1 : 0;
                Failed += notice is RunEndedNotice { Succeeded: false } ? 1 : 0;
            }
        }

        world.Steps.Clear();
        world.Calls.Clear();
    }

    private void Add(string text) => _hash.AppendData(Encoding.UTF8.GetBytes(text));

    // The plan, the checks and the approvals are left out: what follows from them shows in the fields that are here.
    private static string Text(CanaryStatus status) => string.Create(CultureInfo.InvariantCulture,
        $"{status} {status.LastAppliedSpec} {status.LastPromotedSpec} {status.ObservedGeneration} {status.Paused} "
        + $"{status.KeepsCanary} {status.DrainingSince:O} {status.NotReadySince:O} {status.NextCheck:O} "
        + $"{status.SessionAffinityCookie} {status.History.Count} {status.Run?.Revision} {status.Run?.Weight} "
        + $"{status.Run?.Mirrored} {status.Run?.ChangedAt:O} {status.Run?.IsLive} {status.Run?.GateSince:O} "
        + $"{status.Run?.NextAbortCheck:O} {status.Run?.AbortStrikes} {status.Run?.InconclusiveChecks}");
}

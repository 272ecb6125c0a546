using System.Collections.Concurrent;
using System.IO.Hashing;
using Envoy.Service.Discovery.V3;
using XdsCanary.XdsServer.Protocol;

namespace XdsCanary.XdsServer.Streams;

/// <summary>The names of a state-of-the-world request, decoded.</summary>
/// <param name="Star">True when they held <c>*</c>.</param>
/// <param name="Names">The other names.</param>
internal readonly record struct NameList(bool Star, NameSet Names)
{
    /// <summary>Splits <c>*</c> from the names.</summary>
    /// <param name="names">The names as sent.</param>
    public static NameList Of(Google.Protobuf.Collections.RepeatedField<string> names)
    {
        if (names.Count == 0)
        {
            return new NameList(false, NameSet.Empty);
        }

        var star = names.Contains(Subscription.WildcardName);
        return new NameList(star, NameSet.Of(star ? names.Where(name => name != Subscription.WildcardName) : names));
    }
}

/// <summary>
/// Recognises lists of names by their bytes. A state-of-the-world client repeats all its names with every acknowledgement;
/// decoding and sorting them each time would be most of what an acknowledgement costs. Bytes are compared, not only their
/// hash. Thread-safe; a list goes when no stream uses its set of names any more.
/// </summary>
/// <param name="pool">Shares the decoded sets.</param>
internal sealed class NameListCache(NameSetPool pool)
{
    private const int FirstSweepAt = 256;

    private readonly ConcurrentDictionary<UInt128, Entry> _lists = new();
    private int _sweepAt = FirstSweepAt;

    /// <summary>Decodes a list, or recognises it.</summary>
    /// <param name="encoded">The <c>resource_names</c> fields of a request, tags included.</param>
    public NameList Decode(ReadOnlySpan<byte> encoded)
    {
        var key = XxHash128.HashToUInt128(encoded);
        if (_lists.TryGetValue(key, out var known) && known.Names.TryGetTarget(out var names)
            && encoded.SequenceEqual(known.Encoded))
        {
            return new NameList(known.Star, names);
        }

        var list = NameList.Of(DiscoveryRequest.Parser.ParseFrom(encoded).ResourceNames);
        list = list with { Names = pool.Intern(list.Names) };
        if (list.Names.Count > 0)
        {
            _lists[key] = new Entry(encoded.ToArray(), list.Star, new WeakReference<NameSet>(list.Names));
            Sweep();
        }

        return list;
    }

    private void Sweep()
    {
        var limit = Volatile.Read(ref _sweepAt);
        if (_lists.Count < limit || Interlocked.CompareExchange(ref _sweepAt, int.MaxValue, limit) != limit)
        {
            return;
        }

        foreach (var pair in _lists)
        {
            if (!pair.Value.Names.TryGetTarget(out _))
            {
                _lists.TryRemove(pair);
            }
        }

        Volatile.Write(ref _sweepAt, Math.Max(FirstSweepAt, _lists.Count * 2));
    }

    private sealed record Entry(byte[] Encoded, bool Star, WeakReference<NameSet> Names);
}

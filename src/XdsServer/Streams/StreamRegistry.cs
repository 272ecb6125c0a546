using System.Collections.Concurrent;
using XdsCanary.XdsServer.Protocol;

namespace XdsCanary.XdsServer.Streams;

/// <summary>The open streams. State is kept by stream, never by node id: one node may have several. Thread-safe.</summary>
/// <param name="time">Tells when streams are opened.</param>
internal sealed class StreamRegistry(TimeProvider time)
{
    private readonly ConcurrentDictionary<long, StreamRecord> _streams = new();
    private long _lastId;

    /// <summary>The open streams, in no particular order.</summary>
    public ICollection<StreamRecord> Streams => _streams.Values;

    /// <summary>Enters a new stream.</summary>
    /// <param name="peer">The peer's address.</param>
    /// <param name="state">The state to begin with.</param>
    public StreamRecord Open(string peer, StreamState state)
    {
        var record = new StreamRecord(Interlocked.Increment(ref _lastId), peer, time.GetUtcNow(), state);
        _streams[record.Id] = record;
        return record;
    }

    /// <summary>Removes a stream.</summary>
    /// <param name="record">The stream.</param>
    public void Close(StreamRecord record) => _streams.TryRemove(record.Id, out _);
}

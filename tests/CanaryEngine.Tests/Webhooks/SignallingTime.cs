using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace XdsCanary.CanaryEngine.Tests.Webhooks;

/// <summary>A clock that tells when something has begun to wait.</summary>
internal sealed class SignallingTime : FakeTimeProvider
{
    private readonly Channel<bool> _timers = Channel.CreateUnbounded<bool>();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        _timers.Writer.TryWrite(true);
        return timer;
    }

    /// <summary>Waits until so many more timers were made.</summary>
    public async Task WhenTimersAsync(int count, CancellationToken cancellationToken)
    {
        for (var i = 0; i < count; i++)
        {
            await _timers.Reader.ReadAsync(cancellationToken);
        }
    }
}

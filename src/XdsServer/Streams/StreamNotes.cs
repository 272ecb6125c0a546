using XdsCanary.XdsServer.Observability;
using XdsCanary.XdsServer.Protocol;

namespace XdsCanary.XdsServer.Streams;

/// <summary>Tells log and metrics what a stream's requests said.</summary>
/// <param name="services">What streams need of the server.</param>
/// <param name="record">The stream.</param>
internal sealed class StreamNotes(StreamServices services, StreamRecord record)
{
    private string NodeId => record.Node?.Id ?? string.Empty;

    /// <summary>Notes a request.</summary>
    /// <param name="step">What it did.</param>
    /// <param name="before">The type's state before it; null for the first of its type.</param>
    /// <param name="error">The rejection that it carried, in full.</param>
    /// <param name="now">The stream's clock.</param>
    public void Take(RequestStep step, TypeState? before, Rejection? error, TimeSpan now)
    {
        var type = step.Type.Type;
        services.Metrics.Requested(type, step.Outcome);
        switch (step.Outcome)
        {
            case AckOutcome.Initial when !type.IsKnown:
                services.Logger.UnknownTypeRequested(NodeId, type.TypeUrl);
                break;
            case AckOutcome.Ack:
                services.Logger.ResponseAcked(record.Id, type.TypeUrl, step.Type.AckedVersion);
                if (before?.Outstanding is { } outstanding)
                {
                    services.Metrics.Acknowledged(type, now - outstanding.SentAt);
                }

                break;
            case AckOutcome.Nack when step.Type.Nack is { Streak: 1 } nack:
                services.Logger.ResponseNacked(NodeId, type.TypeUrl, nack.Version, error?.Message ?? string.Empty);
                break;
            case AckOutcome.Nack when step.Type.Nack is { } nack:
                services.Logger.ResponseNackedAgain(
                    NodeId, type.TypeUrl, nack.Version, nack.Streak, error?.Message ?? string.Empty);
                break;
            default:
                break;
        }
    }
}

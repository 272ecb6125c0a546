namespace XdsCanary.DemoProxy.Observability;

/// <summary>The ids of this module's log events: 4000 to 4999, never given out twice.</summary>
internal static class DemoProxyEventIds
{
    /// <summary>A stream to the control plane is open.</summary>
    public const int Connected = 4000;

    /// <summary>The stream has ended or could not be opened.</summary>
    public const int Disconnected = 4001;

    /// <summary>Resources of a response cannot be used.</summary>
    public const int Rejected = 4002;

    /// <summary>A listener serves.</summary>
    public const int ListenerStarted = 4010;

    /// <summary>A listener has stopped.</summary>
    public const int ListenerStopped = 4011;

    /// <summary>A listener's address cannot be used.</summary>
    public const int ListenerFailed = 4012;

    /// <summary>A loop ended in a way that it should not.</summary>
    public const int LoopFailed = 4020;
}

namespace XdsCanary.XdsServer.Observability;

/// <summary>The numbers of the server's log events: 1000 to 1999, never reused.</summary>
internal static class XdsEventIds
{
    /// <summary>A stream was opened.</summary>
    public const int StreamOpened = 1000;

    /// <summary>A stream has ended.</summary>
    public const int StreamClosed = 1001;

    /// <summary>A stream was ended because of what the client sent.</summary>
    public const int StreamRefused = 1002;

    /// <summary>A stream was cut because the client did not read.</summary>
    public const int StreamStuck = 1003;

    /// <summary>A stream has failed.</summary>
    public const int StreamFailed = 1004;

    /// <summary>A response was written.</summary>
    public const int ResponseSent = 1005;

    /// <summary>A client accepted a response.</summary>
    public const int ResponseAcked = 1006;

    /// <summary>A client rejected a response.</summary>
    public const int ResponseNacked = 1007;

    /// <summary>A client goes on rejecting responses.</summary>
    public const int ResponseNackedAgain = 1008;

    /// <summary>A client asked for a type that the server does not make.</summary>
    public const int UnknownTypeRequested = 1009;

    /// <summary>A snapshot was published.</summary>
    public const int SnapshotPublished = 1100;

    /// <summary>A snapshot was not published because it refers to what it does not hold.</summary>
    public const int SnapshotInconsistent = 1101;

    /// <summary>A rebuild changed nothing.</summary>
    public const int RebuildSkipped = 1102;

    /// <summary>A rebuild has failed.</summary>
    public const int RebuildFailed = 1103;

    /// <summary>An object has a fault.</summary>
    public const int ObjectFaulty = 1104;

    /// <summary>An object's fault is mended.</summary>
    public const int ObjectMended = 1105;

    /// <summary>The server is ready.</summary>
    public const int Ready = 1200;

    /// <summary>The server stops.</summary>
    public const int Stopping = 1201;

    /// <summary>No token can be kept: canaries cannot be steered.</summary>
    public const int NoToken = 1202;

    /// <summary>Another replica does not answer.</summary>
    public const int PeerSilent = 1203;

    /// <summary>It answers again.</summary>
    public const int PeerAnswers = 1204;

    /// <summary>Another replica has been silent for so long that its proxies no longer count.</summary>
    public const int PeerForgotten = 1205;

    /// <summary>Another replica does not tell where its proxies are, so that those that are new to it cannot be read.</summary>
    public const int PeerHidesProxies = 1206;

    /// <summary>It tells again.</summary>
    public const int PeerTellsProxies = 1207;
}

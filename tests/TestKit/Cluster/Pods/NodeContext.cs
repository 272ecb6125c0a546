namespace XdsCanary.TestKit.Cluster.Pods;

/// <summary>What all pods of a node share. Thread-safe.</summary>
/// <param name="Api">The API server, with all rights.</param>
/// <param name="Options">The node's settings.</param>
/// <param name="Folder">Where pods have their folders.</param>
/// <param name="CertificateFile">The certificate by which pods know the API server.</param>
internal sealed record NodeContext(KubeApi Api, NodeOptions Options, string Folder, string CertificateFile)
{
    // Of the program and not of a node: the kernel takes networks down some time after they were deleted, and those of the cluster
    // before may still be there.
    private static int _addresses;

    /// <summary>The node's own address.</summary>
    public static string NodeAddress => "10.244.0.1";

    public TimeProvider Time { get; } = TimeProvider.System;

    /// <summary>How long the node takes from a pod's binding to the start of its containers.</summary>
    public TimeSpan StartDelay { get; set; }

    /// <summary>How long the node takes until it begins to end a pod that is to go.</summary>
    public TimeSpan StopDelay { get; set; }

    /// <summary>How long the node takes before it writes a pod's status.</summary>
    public TimeSpan StatusDelay { get; set; }

    /// <summary>Gives out an address that no pod had for the last fifty thousand pods.</summary>
    public static (int Number, string Address) NextAddress()
    {
        var number = Interlocked.Increment(ref _addresses) % (200 * 250);
        return (number, $"10.244.{1 + (number / 250)}.{1 + (number % 250)}");
    }

    public string Now() => Stamp(Time.GetUtcNow());

    /// <summary>A time as objects hold it.</summary>
    public static string Stamp(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);
}

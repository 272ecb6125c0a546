namespace XdsCanary.TestKit.Cluster.Pods;

/// <summary>How long a pod's containers are to run.</summary>
/// <param name="Restart">The restart policy: Always, OnFailure or Never.</param>
/// <param name="Grace">How long a process may take to end, asked when it is to end.</param>
/// <param name="Stop">They are to end.</param>
/// <param name="Gone">Nobody waits for them any more.</param>
internal sealed record PodLife(string Restart, Func<TimeSpan> Grace, CancellationToken Stop, CancellationToken Gone);

namespace XdsCanary.Kubernetes.Tests.Canaries;

/// <summary>What can be done to a running cluster.</summary>
internal enum ChaosKind
{
    /// <summary>The API server is killed, and started again.</summary>
    ApiServer,

    /// <summary>The store stands still (SIGSTOP), and goes on.</summary>
    Store,

    /// <summary>One of the Envoys is killed, and started again with the same bootstrap.</summary>
    Envoy,

    /// <summary>The node is late with all it does to pods and says of them.</summary>
    Node,

    /// <summary>The replica that leads is killed, and started again.</summary>
    Leader,
}

using XdsCanary.TestKit.Processes;

namespace XdsCanary.TestKit.Cluster;

/// <summary>
/// The command lines of the control plane, for a machine that is alone in its network. Nothing is written through to a disk, and
/// what would move pods from a node that is slow to report is off: there is one node, and it is the test's.
/// </summary>
internal sealed class ControlPlanePrograms
{
    /// <summary>The API server's address, for which it makes its certificate; it refuses to publish a loopback address to pods.</summary>
    private const string AdvertisedAddress = "10.244.255.254";

    private const string DisabledControllers =
        "*,-node-lifecycle-controller,-taint-eviction-controller,-device-taint-eviction-controller,-node-ipam-controller,"
        + "-node-route-controller,-cloud-node-lifecycle-controller,-service-lb-controller,-persistentvolume-attach-detach-controller,"
        + "-persistentvolume-binder-controller,-persistentvolume-expander-controller,-ttl-controller,-bootstrap-signer-controller,"
        + "-token-cleaner-controller,-storage-version-migrator-controller,-podcertificaterequest-cleaner-controller";

    private readonly string _folder;
    private readonly int _peerPort = FreePort.Next();

    public ControlPlanePrograms(string folder)
    {
        _folder = folder;
        EtcdUrl = new Uri($"http://127.0.0.1:{FreePort.Next()}");
        ApiServerUrl = new Uri($"https://{AdvertisedAddress}:{FreePort.Next()}");
    }

    public Uri EtcdUrl { get; }

    public Uri ApiServerUrl { get; }

    /// <summary>The certificate with which the API server shows itself, and by which its clients know it.</summary>
    public string CertificateFile => Path.Combine(_folder, "pki", "apiserver.crt");

    public string AuditLogFile => Path.Combine(_folder, "audit.log");

    public ClusterProgram Etcd() => new("etcd",
    [
        "--name=etcd", $"--data-dir={Path.Combine(_folder, "etcd")}", "--unsafe-no-fsync", "--log-level=warn",
        $"--listen-client-urls={Url(EtcdUrl)}", $"--advertise-client-urls={Url(EtcdUrl)}",
        $"--listen-peer-urls=http://127.0.0.1:{_peerPort}", $"--initial-advertise-peer-urls=http://127.0.0.1:{_peerPort}",
        $"--initial-cluster=etcd=http://127.0.0.1:{_peerPort}", "--heartbeat-interval=50", "--election-timeout=500",
    ]);

    /// <param name="keyFile">The key that signs the tokens of service accounts.</param>
    /// <param name="tokenFile">The users that are known by a token.</param>
    /// <param name="options">What the test wants.</param>
    public ClusterProgram ApiServer(string keyFile, string tokenFile, ControlPlaneOptions options) => new("kube-apiserver",
    [
        $"--etcd-servers={Url(EtcdUrl)}", $"--bind-address={AdvertisedAddress}", $"--advertise-address={AdvertisedAddress}",
        $"--secure-port={ApiServerUrl.Port}", $"--cert-dir={Path.Combine(_folder, "pki")}",
        "--service-account-issuer=https://kubernetes.default.svc", $"--service-account-key-file={keyFile}",
        $"--service-account-signing-key-file={keyFile}", $"--service-cluster-ip-range={PrivateNetwork.ServiceNetwork}",
        $"--token-auth-file={tokenFile}", "--authorization-mode=RBAC", "--profiling=false",

        // The first wants service accounts before pods, the second taints a node until somebody else calls it ready.
        "--disable-admission-plugins=ServiceAccount,TaintNodesByCondition",
        .. Audit(options), .. options.ApiServerArguments,
    ]);

    /// <param name="keyFile">The key that signs the tokens of service accounts.</param>
    /// <param name="kubeconfig">The administrator's kubeconfig.</param>
    /// <param name="options">What the test wants.</param>
    public ClusterProgram ControllerManager(string keyFile, string kubeconfig, ControlPlaneOptions options) =>
        new("kube-controller-manager",
    [
        $"--kubeconfig={kubeconfig}", $"--service-account-private-key-file={keyFile}", $"--root-ca-file={CertificateFile}",
        "--leader-elect=false", "--secure-port=0", $"--controllers={DisabledControllers}", "--kube-api-qps=500", "--kube-api-burst=1000",
        .. options.ControllerManagerArguments,
    ]);

    private static string Url(Uri uri) => uri.GetLeftPart(UriPartial.Authority);

    private IEnumerable<string> Audit(ControlPlaneOptions options)
    {
        if (options.AuditPolicy is not { } policy)
        {
            return [];
        }

        var file = Path.Combine(_folder, "audit-policy.yaml");
        File.WriteAllText(file, policy);
        return [$"--audit-policy-file={file}", $"--audit-log-path={AuditLogFile}", "--audit-log-mode=blocking"];
    }
}

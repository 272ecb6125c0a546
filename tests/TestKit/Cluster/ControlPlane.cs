using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace XdsCanary.TestKit.Cluster;

/// <summary>
/// A real Kubernetes control plane of its own for a test: etcd, API server and controller manager as processes. No scheduler, no
/// kubelet: a <c>NodeAgent</c> does their work.
/// </summary>
public sealed class ControlPlane : IAsyncDisposable
{
    private static readonly TimeSpan ReadyTimeout = TimeSpan.FromSeconds(90);

    private readonly TemporaryFolder _folder = new();
    private readonly ControlPlanePrograms _programs;
    private readonly string _token = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
    private readonly HttpClient _etcdHealth;

    private ControlPlane(ControlPlaneOptions options)
    {
        _programs = new ControlPlanePrograms(_folder.FullPath);
        _etcdHealth = new HttpClient { BaseAddress = _programs.EtcdUrl, Timeout = TimeSpan.FromSeconds(2) };
        AdminKubeconfig = Path.Combine(_folder.FullPath, "admin.kubeconfig");
        using var key = RSA.Create(2048);
        var keyFile = _folder.Write("sa.key", key.ExportRSAPrivateKeyPem());
        var tokenFile = _folder.Write("tokens.csv", $"{_token},admin,admin,system:masters\n");
        Etcd = _programs.Etcd();
        ApiServer = _programs.ApiServer(keyFile, tokenFile, options);
        ControllerManager = _programs.ControllerManager(keyFile, AdminKubeconfig, options);
        Api = new KubeApi(_programs.ApiServerUrl, _token, _programs.CertificateFile);
        Kubectl = new Kubectl(AdminKubeconfig);
    }

    /// <summary>The store of all objects.</summary>
    public ClusterProgram Etcd { get; }

    /// <summary>The API server.</summary>
    public ClusterProgram ApiServer { get; }

    /// <summary>The controllers of Deployments, DaemonSets, EndpointSlices and so on.</summary>
    public ClusterProgram ControllerManager { get; }

    /// <summary>A client with all rights.</summary>
    public KubeApi Api { get; }

    /// <summary>kubectl with all rights.</summary>
    public Kubectl Kubectl { get; }

    /// <summary>The path of the administrator's kubeconfig.</summary>
    public string AdminKubeconfig { get; }

    /// <summary>Where the audit log is, when there is one: a JSON object in each line.</summary>
    public string AuditLogFile => _programs.AuditLogFile;

    /// <summary>The API server's address for programs of the test; pods find it at <c>kubernetes.default.svc</c> too.</summary>
    public Uri Server => _programs.ApiServerUrl;

    internal string CertificateFile => _programs.CertificateFile;

    /// <summary>Starts a control plane with no objects in it, and waits until its controllers work.</summary>
    public static async Task<ControlPlane> StartAsync(ControlPlaneOptions options)
    {
        PrivateNetwork.Require("etcd", "kube-apiserver", "kube-controller-manager", "kubectl");
        var plane = new ControlPlane(options);
        try
        {
            await plane.StartProgramsAsync();
        }
        catch
        {
            await plane.DisposeAsync();
            throw;
        }

        return plane;
    }

    /// <summary>Waits until the API server answers, reads and writes.</summary>
    public Task ApiServerBecomesReadyAsync() => Eventually.BecomesAsync(
        async () =>
        {
            ApiServer.AssertRunning();
            return await Api.IsReadyAsync();
        },
        ReadyTimeout,
        "the API server is ready");

    /// <summary>Makes a token of a service account, which is made if need be.</summary>
    /// <param name="place">Its namespace, which must be there.</param>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Ends the requests.</param>
    public async Task<string> TokenAsync(string place, string name, CancellationToken cancellationToken = default)
    {
        await Api.ApplyAsync(
            new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "ServiceAccount",
                ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = place },
            },
            cancellationToken);
        return await Api.ServiceAccountTokenAsync(place, name, cancellationToken);
    }

    /// <summary>Writes a kubeconfig for a service account, which is made if need be.</summary>
    /// <param name="place">Its namespace, which must be there.</param>
    /// <param name="name">Its name.</param>
    /// <param name="server">Where it asks; null for <see cref="Server"/>.</param>
    /// <returns>The path of the file, which goes with the control plane.</returns>
    public async Task<string> KubeconfigAsync(string place, string name, string? server = null)
    {
        var token = await TokenAsync(place, name);
        var url = server is null ? Server : new Uri(server);
        return _folder.Write($"{place}-{name}.kubeconfig", Kubeconfig.Write(url, CertificateFile, token, place));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await ControllerManager.DisposeAsync();
        await ApiServer.DisposeAsync();
        await Etcd.DisposeAsync();
        Api.Dispose();
        _etcdHealth.Dispose();
        _folder.Dispose();
    }

    private async Task StartProgramsAsync()
    {
        await Etcd.StartAsync();
        await Eventually.BecomesAsync(EtcdIsHealthyAsync, ReadyTimeout, "etcd is healthy");
        await ApiServer.StartAsync();
        await ApiServerBecomesReadyAsync();
        await File.WriteAllTextAsync(AdminKubeconfig, Kubeconfig.Write(Server, CertificateFile, _token, "default"));
        await ControllerManager.StartAsync();

        // The sign that controllers have started: one of them makes this account.
        await Eventually.BecomesAsync(
            async () =>
            {
                ControllerManager.AssertRunning();
                return await Api.TryGetAsync("/api/v1/namespaces/default/serviceaccounts/default") is not null;
            },
            ReadyTimeout,
            "the controllers work");
    }

    private async Task<bool> EtcdIsHealthyAsync()
    {
        Etcd.AssertRunning();
        return (await _etcdHealth.GetStringAsync(new Uri("/health", UriKind.Relative))).Contains("\"true\"", StringComparison.Ordinal);
    }
}

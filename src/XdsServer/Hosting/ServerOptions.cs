using System.Collections.Immutable;
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using XdsCanary.CanaryEngine;
using XdsCanary.CanaryEngine.Alerting;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Kubernetes;
using XdsCanary.CanaryEngine.Metrics;
using XdsCanary.CanaryEngine.Webhooks;
using XdsCanary.XdsServer.Ingest;
using XdsCanary.XdsServer.Resources;

namespace XdsCanary.XdsServer.Hosting;

/// <summary>
/// The settings of <c>xds-canary serve</c>. Each has one name in three spellings: <c>--xds-port</c> on the command line,
/// <c>XDSCANARY_XDS_PORT</c> in the environment, <c>XdsCanary:XdsPort</c> in appsettings.json; that is also the order in which
/// they win. Durations are written as <c>500ms</c>, <c>15s</c>, <c>2m</c> or <c>00:00:15</c>.
/// </summary>
internal sealed class ServerOptions
{
    /// <summary>The section of appsettings.json.</summary>
    public const string SectionName = "XdsCanary";

    [Description("Serve the objects of a Kubernetes cluster instead of a directory of manifests.")]
    public bool Kubernetes { get; set; }

    [Description("Kubeconfig for --kubernetes; empty for the pod's own account, or, outside a pod, the file that kubectl takes.")]
    public string Kubeconfig { get; set; } = string.Empty;

    [Description("Context in the kubeconfig; empty for its current one.")]
    public string KubeContext { get; set; } = string.Empty;

    [Description("The one namespace of the cluster that is served; empty for all of them.")]
    public string Namespace { get; set; } = string.Empty;

    [Description("Lease that replicas compete for; the one that holds it looks after the canaries.")]
    [Required]
    public string LeaseName { get; set; } = "xds-canary";

    [Description("Namespace of that lease; empty for the one that the server runs in.")]
    public string LeaseNamespace { get; set; } = string.Empty;

    [Description("Headless Service (NAME.NAMESPACE) by which replicas find each other's admin port, to count each other's proxies; empty for a lone server.")]
    [RegularExpression(@"[a-z0-9-]+\.[a-z0-9-]+", ErrorMessage = "must be NAME.NAMESPACE of a Service")]
    public string PeerService { get; set; } = string.Empty;

    [Description("Own IP address in that Service, to leave it out; empty for the addresses of this machine.")]
    public string PeerAddress { get; set; } = string.Empty;

    [Description("Labels of a target's selector that may tell its pods, separated by commas, the one to take first.")]
    [Required]
    public string SelectorLabels { get; set; } = "app,name,app.kubernetes.io/name";

    [Description("Prefixes of labels and annotations that are copied from a target to its primary, separated by commas; * for all.")]
    public string IncludeLabelPrefix { get; set; } = string.Empty;

    [Description("Whether a change of a ConfigMap or Secret that a target is configured by is a new revision.")]
    public bool ConfigTracking { get; set; } = true;

    [Description("Refuse canaries that refer to metric templates and alert providers of other namespaces; with --kubernetes only.")]
    public bool NoCrossNamespaceRefs { get; set; }

    [Description("Directory of the manifests to serve (*.yaml, *.yml, *.json), watched for changes.")]
    public string Manifests { get; set; } = string.Empty;

    [Description("Directory in which the states of canaries are kept; empty for .xds-canary in the directory of the manifests, and for none with --kubernetes.")]
    public string State { get; set; } = string.Empty;

    [Description("Namespace of objects and nodes that name none.")]
    [Required]
    public string DefaultNamespace { get; set; } = "default";

    [Description("IP address of the xDS port.")]
    [Required]
    public string XdsAddress { get; set; } = "0.0.0.0";

    [Description("Port for Envoys (gRPC, cleartext HTTP/2); 0 takes a free one.")]
    [Range(0, 65535)]
    public int XdsPort { get; set; } = 18000;

    [Description("IP address of the admin port. Where it is not loopback, reading /api and /debug takes the admin token.")]
    [Required]
    public string AdminAddress { get; set; } = "127.0.0.1";

    [Description("Port for /healthz, /readyz, /metrics, /api and /debug; 0 takes a free one.")]
    [Range(0, 65535)]
    public int AdminPort { get; set; } = 8080;

    [Description("Token that callers of the admin API show to steer canaries; empty for the one in the file admin-token of --state. With --kubernetes one of the two is needed.")]
    public string AdminToken { get; set; } = string.Empty;

    [Description("IP address that the Envoys listen on.")]
    [Required]
    public string ListenerAddress { get; set; } = "0.0.0.0";

    [Description("Port that the Envoys listen on.")]
    [Range(1, 65535)]
    public int ListenerPort { get; set; } = 10000;

    [Description("Time limit of a request in the routes; 0s for none.")]
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan RouteTimeout { get; set; } = TimeSpan.FromSeconds(15);

    [Description("Time limit of a connection to an endpoint.")]
    [Range(typeof(TimeSpan), "00:00:00.001", "00:10:00")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    [Description("DNS domain of the cluster: the end of full service names.")]
    [Required]
    public string ClusterDomain { get; set; } = "cluster.local";

    [Description("How much of a path an HTTPRouteGroup's pathRegex must match: Prefix (the SMI specification) or Full.")]
    public RegexAnchoring RegexAnchoring { get; set; } = RegexAnchoring.Prefix;

    [Description("How long changes must pause before a burst of them is taken; a lone change is taken at once.")]
    [Range(typeof(TimeSpan), "00:00:00", "00:00:10")]
    public TimeSpan HoldOff { get; set; } = TimeSpan.FromMilliseconds(20);

    [Description("How long a change in a burst waits at most; after a slow rebuild, three times as long as that took, up to 1s.")]
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan MaxHoldOff { get; set; } = TimeSpan.FromMilliseconds(200);

    [Description("Poll the manifests instead of watching them (network file systems).")]
    public bool Polling { get; set; }

    [Description("How often the manifests are looked at when polling.")]
    [Range(typeof(TimeSpan), "00:00:00.050", "00:10:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    [Description("How long an Envoy may leave a response unanswered before the next one is sent all the same.")]
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan AckTimeout { get; set; } = TimeSpan.FromSeconds(5);

    [Description("How long a cluster's removal waits for an Envoy to acknowledge the routes without it.")]
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan RemovalTimeout { get; set; } = TimeSpan.FromSeconds(2);

    [Description("How long an Envoy may leave a write unread before its stream is cut; 0s for never.")]
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan WriteTimeout { get; set; } = TimeSpan.FromMinutes(2);

    [Description("Whether a first request without names means everything. Off for gRPC clients.")]
    public bool LegacyWildcard { get; set; } = true;

    [Description("Type URLs, separated by commas, for which it does not mean everything even where --legacy-wildcard is on.")]
    public string NoLegacyWildcard { get; set; } = string.Empty;

    [Description("HTTP/2 streams that one connection may open.")]
    [Range(1, 1_000_000)]
    public int MaxStreamsPerConnection { get; set; } = 1000;

    [Description("Largest request taken, in bytes.")]
    [Range(65536, 1073741824)]
    public int MaxRequestBytes { get; set; } = 32 * 1024 * 1024;

    [Description("Who answers the built-in metrics of canaries: Envoy (the connected proxies' own statistics) or Prometheus.")]
    public MetricProviderType Metrics { get; set; } = MetricProviderType.Envoy;

    [Description("Address of Prometheus, for --metrics Prometheus and for queries in canaries; http://prometheus:9090 where one is needed and none is given.")]
    public string MetricsServer { get; set; } = string.Empty;

    [Description("Label that tells a proxy's namespace in Prometheus, for example kubernetes_namespace; empty when there is none: Services of one name in several namespaces are then counted together.")]
    [RegularExpression("[A-Za-z_][A-Za-z0-9_]*", ErrorMessage = "must be a Prometheus label name")]
    public string MetricsNamespaceLabel { get; set; } = string.Empty;

    [Description("Addresses of Envoy admin interfaces to read statistics from, separated by commas, besides those that Envoys name in node.metadata.admin.")]
    public string EnvoyAdmin { get; set; } = string.Empty;

    [Description("Time over which open streams are told to reconnect elsewhere when the server stops, evenly spread; 0s for at once.")]
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan DrainWindow { get; set; } = TimeSpan.FromSeconds(2);

    [Description("How long open streams and requests may take to end when the server stops.")]
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(10);

    [Description("Name under which Envoys show this server; xds-canary/ and the host's name by default.")]
    [Required]
    public string Identifier { get; set; } = $"xds-canary/{Environment.MachineName}";

    [Description("URL that is told of the events of canaries without an event webhook of their own; empty for none.")]
    public string EventWebhook { get; set; } = string.Empty;

    [Description("Name of this installation, shown in alerts; empty for none.")]
    public string ClusterName { get; set; } = string.Empty;

    [Description("Slack URL for alerts of canaries that name no receiver; the token, if any, comes from SLACK_TOKEN.")]
    public string SlackUrl { get; set; } = string.Empty;

    [Description("Slack channel for these alerts.")]
    public string SlackChannel { get; set; } = string.Empty;

    [Description("Name that these alerts appear under.")]
    public string SlackUser { get; set; } = "flagger";

    [Description("Microsoft Teams URL for these alerts; it counts more than Slack's.")]
    public string MsteamsUrl { get; set; } = string.Empty;

    [Description("Form of the log on standard output: Text or Json.")]
    public LogFormat LogFormat { get; set; } = LogFormat.Text;

    [Description("Least level that is logged: Trace, Debug, Information, Warning or Error.")]
    public LogLevel LogLevel { get; set; } = LogLevel.Information;

    /// <summary>The directory in which states and the made token are kept; empty for none.</summary>
    public string StateDirectory() =>
        State.Length > 0 ? State : Kubernetes ? string.Empty : Path.Combine(Manifests, ".xds-canary");

    /// <summary>What only several settings together show to be wrong.</summary>
    /// <returns>The setting that is to blame, and what is wrong with it.</returns>
    public IEnumerable<(string Property, string Fault)> Contradictions()
    {
        if (!Kubernetes && Manifests.Length == 0)
        {
            yield return (nameof(Manifests), "is missing: name the directory of the manifests to serve");
        }

        if (Kubernetes && Manifests.Length > 0)
        {
            yield return (nameof(Manifests), "goes not together with --kubernetes: leave one of the two out");
        }

        if (PeerService.Length > 0 && AdminToken.Length == 0)
        {
            yield return (nameof(AdminToken), "is missing: replicas show it to each other, so that all of them need the same");
        }
    }

    /// <summary>The part that concerns canaries.</summary>
    public CanaryEngineOptions ToCanaries() => new()
    {
        StateDirectory = StateDirectory(),
        Cluster = new ClusterOptions
        {
            SelectorLabels = [.. Parts(SelectorLabels)],
            IncludeLabelPrefixes = [.. Parts(IncludeLabelPrefix)],
            ConfigTracking = ConfigTracking,
            NoCrossNamespaceReferences = NoCrossNamespaceRefs,
            Instance = Environment.MachineName,
        },
        Metrics = ToMetrics(),
        Alerts = new AlertOptions
        {
            ClusterName = ClusterName,
            SlackUrl = SlackUrl,
            SlackChannel = SlackChannel,
            SlackUsername = SlackUser,
            TeamsUrl = MsteamsUrl,
        }.WithEnvironment(Environment.GetEnvironmentVariable),
        Events = new EventWebhookOptions { Url = EventWebhook.Length > 0 ? new Uri(EventWebhook) : null }
            .WithEnvironment(Environment.GetEnvironmentVariable),
        Version = typeof(ServerOptions).Assembly.GetName().Version?.ToString(3) ?? string.Empty,
    };

    /// <summary>The part that says where metrics come from.</summary>
    public MetricsOptions ToMetrics() => new()
    {
        Provider = Metrics,
        Server = MetricsServer.Length > 0 ? new Uri(MetricsServer) : null,
        NamespaceLabel = MetricsNamespaceLabel,
    };

    /// <summary>The addresses in <see cref="EnvoyAdmin"/>.</summary>
    public ImmutableArray<Uri> EnvoyAdminAddresses() => [.. EnvoyAdminTexts().Select(text => new Uri(text))];

    /// <summary>The same as they were written.</summary>
    public string[] EnvoyAdminTexts() => Parts(EnvoyAdmin);

    /// <summary>The part that says how objects are read.</summary>
    public MeshOptions ToMesh() => new() { ClusterDomain = ClusterDomain, RegexAnchoring = RegexAnchoring };

    /// <summary>The part that says how resources are made.</summary>
    public ResourceOptions ToResources() => new()
    {
        ListenerAddress = ListenerAddress,
        ListenerPort = ListenerPort,
        RouteTimeout = RouteTimeout,
        ConnectTimeout = ConnectTimeout,
        ClusterDomain = ClusterDomain,
    };

    private static string[] Parts(string list) =>
        list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}

/// <summary>Forms of the log.</summary>
internal enum LogFormat
{
    /// <summary>One line of text for an event.</summary>
    Text,

    /// <summary>One line of compact JSON for an event.</summary>
    Json,
}

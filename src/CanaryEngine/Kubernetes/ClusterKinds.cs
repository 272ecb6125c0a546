using XdsCanary.CanaryEngine.Resources;
using XdsCanary.KubeRuntime.Api;
using XdsCanary.KubeRuntime.Cluster;

namespace XdsCanary.CanaryEngine.Kubernetes;

/// <summary>The kinds of objects that the engine reads and makes in a cluster.</summary>
public static class ClusterKinds
{
    /// <summary>Deployments.</summary>
    public static readonly ApiResource Deployments = new("apps", "v1", "deployments", "Deployment");

    /// <summary>DaemonSets.</summary>
    public static readonly ApiResource DaemonSets = new("apps", "v1", "daemonsets", "DaemonSet");

    /// <summary>Snapshots of pod templates.</summary>
    public static readonly ApiResource ControllerRevisions = new("apps", "v1", "controllerrevisions", "ControllerRevision");

    /// <summary>Services.</summary>
    public static readonly ApiResource Services = new(string.Empty, "v1", "services", "Service");

    /// <summary>ConfigMaps.</summary>
    public static readonly ApiResource ConfigMaps = new(string.Empty, "v1", "configmaps", "ConfigMap");

    /// <summary>Secrets.</summary>
    public static readonly ApiResource Secrets = new(string.Empty, "v1", "secrets", "Secret");

    /// <summary>HorizontalPodAutoscalers.</summary>
    public static readonly ApiResource Autoscalers = new("autoscaling", "v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler");

    /// <summary>Canaries.</summary>
    public static readonly ApiResource Canaries = new(CanaryKinds.Group, "v1beta1", "canaries", CanaryKinds.Canary);

    /// <summary>Events.</summary>
    public static readonly ApiResource Events = new("events.k8s.io", "v1", "events", "Event");

    /// <summary>The group of TrafficSplits.</summary>
    public const string SplitGroup = "split.smi-spec.io";

    /// <summary>The kind of EndpointSlices.</summary>
    public const string EndpointSlice = "EndpointSlice";

    /// <summary>The kind of TrafficSplits.</summary>
    public const string Split = "TrafficSplit";

    /// <summary>Canaries and what they refer to.</summary>
    public static ClusterSourceOptions Definitions(string space, int seed) => new()
    {
        Namespace = space,
        Seed = seed,
        Kinds =
        [
            Watched(Canaries),
            new WatchedKind(CanaryKinds.Group, CanaryKinds.MetricTemplate, "metrictemplates", ["v1beta1"]),
            new WatchedKind(CanaryKinds.Group, CanaryKinds.AlertProvider, "alertproviders", ["v1beta1"]),
        ],
    };

    /// <summary>What is released, and what it is configured by.</summary>
    public static ClusterSourceOptions Workloads(string space, int seed) => new()
    {
        Namespace = space,
        Seed = seed,
        Kinds =
        [
            Watched(Deployments), Watched(DaemonSets), Watched(Autoscalers), Watched(ConfigMaps),
            Watched(Secrets) with
            {
                // What Helm and accounts keep in Secrets is large, and no pod is configured by it.
                FieldSelector = "type!=helm.sh/release.v1,type!=kubernetes.io/service-account-token",
            },
        ],
    };

    /// <summary>What traffic is routed by.</summary>
    public static ClusterSourceOptions Mesh(string space, int seed) => new()
    {
        Namespace = space,
        Seed = seed,
        Kinds =
        [
            Watched(Services),
            new WatchedKind("discovery.k8s.io", EndpointSlice, "endpointslices", ["v1"]),
            new WatchedKind(SplitGroup, Split, "trafficsplits", ["v1alpha4", "v1alpha3", "v1alpha2", "v1alpha1"]),
            new WatchedKind("specs.smi-spec.io", "HTTPRouteGroup", "httproutegroups", ["v1alpha4", "v1alpha3", "v1alpha2", "v1alpha1"]),
        ],
    };

    private static WatchedKind Watched(ApiResource resource) =>
        new(resource.Group, resource.Kind, resource.Plural, [resource.Version]);
}

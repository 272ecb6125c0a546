namespace XdsCanary.Kubernetes.Tests.Canaries;

/// <summary>The classes whose tests share a cluster: they leave it as they found it, and each has a namespace of its own.</summary>
[CollectionDefinition(CanaryCluster.Shared)]
public sealed class SharedCanaryCluster : ICollectionFixture<CanaryCluster>;

using System.Text.Json.Nodes;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Kubernetes.Objects;
using static XdsCanary.CanaryEngine.Tests.Kubernetes.KubeSamples;

namespace XdsCanary.CanaryEngine.Tests.Kubernetes;

public sealed class WorkloadReadinessTests
{
    private const string Wait = "waiting for rollout to finish: ";

    [Fact]
    public void CAN_09_a_primary_that_was_just_made_is_not_ready()
    {
        var fact = WorkloadReadiness.OfDeployment(Primary(Workload(), Made()), 100);

        Assert.Equal(new WorkloadFact(true, Readiness.Waiting, Wait + "0 out of 2 new replicas have been updated", "r1"), fact);
        Assert.False(WorkloadReadiness.OfDeployment(null, 100).Exists);
    }

    // Flagger gives a Deployment up that has had too few replicas for longer than the deadline since its last status write; here the
    // engine measures that itself (H-07), so MinimumReplicasUnavailable alone is waited for, however old it is.
    [Theory]
    [InlineData("observedGeneration: 1, updatedReplicas: 2, replicas: 2, availableReplicas: 2", Readiness.Waiting, Wait + "observed deployment generation less than desired generation")]
    [InlineData("observedGeneration: 2, updatedReplicas: 2, replicas: 2, availableReplicas: 2", Readiness.Ready, "")]
    [InlineData("observedGeneration: 2, updatedReplicas: 1, replicas: 2, availableReplicas: 2", Readiness.Waiting, Wait + "1 out of 2 new replicas have been updated")]
    [InlineData("observedGeneration: 2, updatedReplicas: 2, replicas: 3, availableReplicas: 3", Readiness.Waiting, Wait + "1 old replicas are pending termination")]
    [InlineData("observedGeneration: 2, updatedReplicas: 2, replicas: 2, availableReplicas: 1", Readiness.Waiting, Wait + "1 of 2 (readyThreshold 100%) updated replicas are available")]
    [InlineData("observedGeneration: 2, conditions: [{type: Progressing, status: 'False', reason: ProgressDeadlineExceeded}]", Readiness.Broken, "deployment \"web\" exceeded its progress deadline")]
    [InlineData("observedGeneration: 2, updatedReplicas: 2, replicas: 2, conditions: [{type: Progressing, status: 'True'}, {type: Available, status: 'False', reason: MinimumReplicasUnavailable, lastUpdateTime: '2001-01-01T00:00:00Z'}]", Readiness.Waiting, Wait + "0 of 2 (readyThreshold 100%) updated replicas are available")]
    public void CAN_10_readiness_of_a_Deployment(string status, Readiness readiness, string text) =>
        Assert.Equal(new WorkloadFact(true, readiness, text), WorkloadReadiness.OfDeployment(WithStatus("Deployment", status), 100));

    [Theory]
    [InlineData(2, Readiness.Ready)]
    [InlineData(1, Readiness.Waiting)]
    public void CAN_11_half_of_the_replicas_are_enough_if_so_said(int available, Readiness readiness)
    {
        var workload = WithStatus(
            "Deployment", $"observedGeneration: 2, updatedReplicas: 4, replicas: 4, availableReplicas: {available}", replicas: 4);

        Assert.Equal(readiness, WorkloadReadiness.OfDeployment(workload, 50).Readiness);
    }

    // Flagger compares pointers there, and takes a stopped workload for a ready one.
    [Fact]
    public void CAN_10_a_workload_that_was_scaled_to_zero_is_not_ready_and_not_broken()
    {
        var status = "observedGeneration: 2, conditions: [{type: Progressing, status: 'False', reason: ProgressDeadlineExceeded}]";
        var deployment = WithStatus("Deployment", status, replicas: 0);
        var daemons = WithStatus("DaemonSet", "observedGeneration: 2", "nodeSelector: {flagger.app/scale-to-zero: 'true'}");

        var expected = new WorkloadFact(true, Readiness.Waiting, Wait + "it is scaled to zero");
        Assert.Equal(expected, WorkloadReadiness.OfDeployment(deployment, 100));
        Assert.Equal(expected, WorkloadReadiness.OfDaemonSet(daemons, 100));
    }

    // How long the pods may take is measured by the engine (H-07): no text of a DaemonSet is final.
    [Theory]
    [InlineData("observedGeneration: 1, desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 2", Readiness.Waiting, Wait + "observed daemonset generation less than desired generation")]
    [InlineData("observedGeneration: 2, desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 2", Readiness.Ready, "")]
    [InlineData("observedGeneration: 2, desiredNumberScheduled: 2, updatedNumberScheduled: 1, numberAvailable: 2", Readiness.Waiting, Wait + "1 out of 2 new pods have been updated")]
    [InlineData("observedGeneration: 2, desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 1", Readiness.Waiting, Wait + "1 of 2 (readyThreshold 100%) updated pods are available")]
    public void CAN_22_readiness_of_a_DaemonSet(string status, Readiness readiness, string text) =>
        Assert.Equal(new WorkloadFact(true, readiness, text), WorkloadReadiness.OfDaemonSet(WithStatus("DaemonSet", status), 100));

    [Theory]
    [InlineData(2, Readiness.Ready)]
    [InlineData(1, Readiness.Waiting)]
    public void CAN_23_half_of_the_pods_are_enough_if_so_said(int available, Readiness readiness)
    {
        var workload = WithStatus(
            "DaemonSet", $"observedGeneration: 2, desiredNumberScheduled: 4, updatedNumberScheduled: 4, numberAvailable: {available}");

        Assert.Equal(readiness, WorkloadReadiness.OfDaemonSet(workload, 50).Readiness);
    }

    private static JsonObject WithStatus(string kind, string status, string pod = "", int replicas = 2)
    {
        var workload = Workload(kind, pod: pod, replicas: replicas);
        workload["metadata"]!["generation"] = 2;
        workload["status"] = Read($"{{ {status} }}");
        return workload;
    }
}

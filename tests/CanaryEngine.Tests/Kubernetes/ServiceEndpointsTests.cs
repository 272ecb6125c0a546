using XdsCanary.CanaryEngine.Kubernetes.Objects;

namespace XdsCanary.CanaryEngine.Tests.Kubernetes;

/// <summary>When pods that are available have to wait for their Service.</summary>
public sealed class ServiceEndpointsTests
{
    private const string None = "{kind: EndpointSlice, endpoints: null}";
    private const string NotReady = "{kind: EndpointSlice, endpoints: [{addresses: [10.0.0.1], conditions: {ready: false} }]}";
    private const string Ready = "{kind: EndpointSlice, endpoints: [{addresses: [10.0.0.1], conditions: {ready: true} }]}";
    private const string Unsaid = "{kind: EndpointSlice, endpoints: [{addresses: [10.0.0.1]}]}";

    [Theory]
    [InlineData("availableReplicas: 1", true)]
    [InlineData("availableReplicas: 1", true, None)]
    [InlineData("availableReplicas: 1", true, NotReady)]
    [InlineData("numberAvailable: 1", true, NotReady)]
    [InlineData("availableReplicas: 1", false, NotReady, Ready)]
    [InlineData("numberAvailable: 1", false, Unsaid)]
    [InlineData("availableReplicas: 0", false)]
    [InlineData("numberReady: 0", false, None)]
    public void Endpoints_are_awaited_when_there_are_pods_and_none_of_them_is_one(string status, bool expected, params string[] slices) =>
        Assert.Equal(expected, ServiceEndpoints.AreAwaited(
            KubeSamples.Read($"{{apiVersion: apps/v1, kind: X, status: {{{status}}} }}"), slices.Select(KubeSamples.Read)));

    [Theory]
    [InlineData(Ready, Unsaid, true)]
    [InlineData(Ready, None, false)]
    [InlineData(None, None, true)]
    [InlineData(Ready, "{kind: EndpointSlice, endpoints: [{addresses: [10.0.0.2]}]}", false)]
    public void CTL_66_services_lead_to_the_same_when_their_addresses_are_the_same(string left, string right, bool expected) =>
        Assert.Equal(expected, ServiceEndpoints.AreSame([KubeSamples.Read(left)], [KubeSamples.Read(right)]));
}

using Envoy.Service.Discovery.V3;
using Grpc.Core;
using XdsCanary.XdsServer.Protocol;
using XdsCanary.XdsServer.Snapshots;

namespace XdsCanary.XdsServer.Streams;

/// <summary>Turns the two wire forms of a request into the protocol's own, refusing what can't be served.</summary>
/// <param name="pool">Shares the names between streams.</param>
internal sealed class RequestDecoder(NameSetPool pool)
{
    /// <summary>Decodes a state-of-the-world request.</summary>
    /// <param name="request">The message.</param>
    /// <param name="known">Its names, where the reader has taken them out of it.</param>
    /// <exception cref="RpcException">The request names no type, or uses a feature that is not supported.</exception>
    public SotwInput Decode(DiscoveryRequest request, NameList? known = null)
    {
        RefuseLocators(request.ResourceLocators.Count);
        var (star, names) = known ?? NameList.Of(request.ResourceNames);
        return new SotwInput(
            TypeOf(request.TypeUrl),
            request.ResponseNonce,
            ErrorOf(request.ErrorDetail),
            star,
            known is null ? pool.Intern(names) : names);
    }

    /// <summary>Decodes a delta request.</summary>
    /// <param name="request">The message.</param>
    /// <exception cref="RpcException">The request names no type, or uses a feature that is not supported.</exception>
    public DeltaInput Decode(DeltaDiscoveryRequest request)
    {
        RefuseLocators(request.ResourceLocatorsSubscribe.Count + request.ResourceLocatorsUnsubscribe.Count);
        var change = SubscriptionChange.None;
        if (request.ResourceNamesSubscribe.Count + request.ResourceNamesUnsubscribe.Count > 0)
        {
            var (subscribeStar, subscribe) = NameList.Of(request.ResourceNamesSubscribe);
            var (unsubscribeStar, unsubscribe) = NameList.Of(request.ResourceNamesUnsubscribe);
            change = new SubscriptionChange(subscribeStar, pool.Intern(subscribe), unsubscribeStar, unsubscribe);
        }

        return new DeltaInput(
            TypeOf(request.TypeUrl),
            request.ResponseNonce,
            ErrorOf(request.ErrorDetail),
            change,
            request.InitialResourceVersions);
    }

    private static ResourceType TypeOf(string typeUrl) => typeUrl.Length > 0
        ? ResourceType.Of(typeUrl)
        : throw new RpcException(new Status(
            StatusCode.InvalidArgument, "type_url is empty; an aggregated stream needs it in every request."));

    private static Rejection? ErrorOf(Google.Rpc.Status? error) =>
        error is null ? null : new Rejection(error.Code, error.Message);

    // Treating a request by locators as one without names would send it everything.
    private static void RefuseLocators(int count)
    {
        if (count > 0)
        {
            throw new RpcException(new Status(
                StatusCode.Unimplemented, "resource_locators are not supported; subscribe by resource_names."));
        }
    }
}

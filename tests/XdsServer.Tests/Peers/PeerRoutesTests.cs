using System.Net;
using XdsCanary.KubeRuntime.Leadership;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Peers;

namespace XdsCanary.XdsServer.Tests.Peers;

/// <summary>How other replicas are told where the traffic goes.</summary>
public sealed class PeerRoutesTests
{
    [Theory]
    [InlineData(LeadershipState.Leading)]
    [InlineData(LeadershipState.Detached)]
    public async Task Routes_are_told_with_the_term_of_the_one_who_leads(LeadershipState state) =>
        Assert.Equal(["POST http://10.0.0.2:8080/api/peer/routes?term=3 Bearer token [{}]"], await TellAsync(state));

    // What it was about to tell when another one came to lead.
    [Fact]
    public async Task Follower_tells_nothing() => Assert.Empty(await TellAsync(LeadershipState.Following));

    private static async Task<IEnumerable<string>> TellAsync(LeadershipState state)
    {
        using var peers = new FakePeers("10.0.0.2");
        using var called = new Calls();
        using var http = new HttpClient(called);
        var routes = new PeerRoutes(new PeerDirectory(peers, ["10.0.0.1"]), http, new Role(state), "token");

        await routes.TellAsync([[]], TestContext.Current.CancellationToken);

        return called.Seen;
    }

    private sealed class Calls : HttpMessageHandler
    {
        public List<string> Seen { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var body = await request.Content!.ReadAsStringAsync(cancellationToken);
            Seen.Add($"{request.Method} {request.RequestUri} {request.Headers.Authorization} {body}");
            return new HttpResponseMessage(HttpStatusCode.NoContent);
        }
    }

    private sealed class Role(LeadershipState state) : ILeadership
    {
        public LeadershipState State => state;

        public bool MayWrite => State == LeadershipState.Leading;

        public string Leader => string.Empty;

        public int Term => 3;

        public ChangeSignal Changed { get; } = new();
    }
}

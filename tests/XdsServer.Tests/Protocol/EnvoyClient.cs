using Google.Protobuf;
using XdsCanary.XdsServer.Protocol;
using XdsCanary.XdsServer.Snapshots;

namespace XdsCanary.XdsServer.Tests.Protocol;

/// <summary>
/// A client that behaves as Envoy does and answers in time: wildcards for clusters and listeners, endpoints of the clusters that
/// it holds, routes of the listeners that it holds. Fails as soon as a route refers to a cluster that is not there or not warm,
/// or a cluster is taken away that its routes use.
/// </summary>
internal sealed class EnvoyClient(XdsVariant variant)
{
    // Well under the server's time limits, so that none of them may show.
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(1);

    private readonly Queue<(Reply Reply, TimeSpan At)> _inbox = new();
    private readonly Dictionary<string, ReplyResource> _clusters = [];
    private readonly Dictionary<string, ReplyResource> _endpoints = [];
    private readonly Dictionary<string, ReplyResource> _listeners = [];
    private readonly Dictionary<string, ReplyResource> _routes = [];
    private readonly HashSet<string> _warming = [];
    private readonly HashSet<string> _warm = [];
    private readonly Dictionary<ResourceType, string> _nonces = [];
    private readonly Dictionary<ResourceType, SortedSet<string>> _wanted = new()
    {
        [ResourceType.Endpoint] = new(StringComparer.Ordinal),
        [ResourceType.Route] = new(StringComparer.Ordinal),
    };

    private TestMesh _mesh = TestMesh.Empty;
    private XdsSnapshot _snapshot = TestMesh.Empty.ToSnapshot();
    private ModelStream _stream = ModelStream.Open(variant, null);
    private bool _isCatchingUp;

    private bool IsDelta => variant == XdsVariant.Delta;

    /// <summary>Opens the stream.</summary>
    public void Connect()
    {
        _inbox.Clear();
        _nonces.Clear();
        _stream = ModelStream.Open(variant, _snapshot);
        // The other variant does not tell the server what the client holds, so removals cannot be held back for it.
        _isCatchingUp = !IsDelta;
        Begin(ResourceType.Cluster, _clusters);
        Begin(ResourceType.Endpoint, _endpoints.Where(item => !_warming.Contains(item.Key)));
        Begin(ResourceType.Listener, _listeners);
        Begin(ResourceType.Route, _routes);
    }

    /// <summary>Does one random step.</summary>
    public void Do(Step step)
    {
        while (_inbox.TryPeek(out var oldest) && oldest.At + LongestDelay <= _stream.Now)
        {
            Process();
        }

        switch (step.Kind)
        {
            case < 35:
                _mesh = RandomMesh.Change(_mesh, step);
                _snapshot = _mesh.ToSnapshot(_snapshot);
                Take(_stream.Publish(_snapshot));
                break;
            case < 50:
                Process();
                break;
            case < 98:
                Take(_stream.Advance(TimeSpan.FromMilliseconds(step.C * 80)));
                break;
            default:
                Connect();
                break;
        }
    }

    /// <summary>Answers everything and lets all waits end; then the client must hold what there is, all of it warm.</summary>
    public void Settle()
    {
        for (var round = 0; _inbox.Count > 0 || _stream.Due is not null; round++)
        {
            Assert.True(round < 200, "The stream does not come to rest.");
            Process();
            if (_inbox.Count == 0 && _stream.Due is { } due)
            {
                Take(_stream.Advance(due - _stream.Now));
            }
        }

        _isCatchingUp = false;
        AssertSame(ResourceType.Cluster, _clusters, _ => true);
        AssertSame(ResourceType.Endpoint, _endpoints, _clusters.ContainsKey);
        AssertSame(ResourceType.Listener, _listeners, _ => true);
        AssertSame(ResourceType.Route, _routes, _wanted[ResourceType.Route].Contains);
        Assert.Empty(_warming);
    }

    private void AssertSame(ResourceType type, Dictionary<string, ReplyResource> held, Func<string, bool> isWanted)
    {
        var expected = _snapshot.Get(type).Items.Where(item => isWanted(item.Name)).ToArray();
        Assert.Equal(expected.Select(item => item.Name), held.Keys.Order(StringComparer.Ordinal));
        Assert.All(expected, item =>
            Assert.Equal(ByteString.CopyFrom(item.Packed.Span), held[item.Name].Packed.ToByteString()));
    }

    private void Begin(ResourceType type, IEnumerable<KeyValuePair<string, ReplyResource>> held)
    {
        var names = _wanted.TryGetValue(type, out var wanted) ? wanted.ToArray() : [];
        if (wanted is not null && names.Length == 0)
        {
            return;
        }

        var claims = IsDelta ? held.ToDictionary(item => item.Key, item => item.Value.Version!) : [];
        Take(IsDelta ? _stream.Change(type, names, [], claims: claims) : _stream.Ask(type, names, string.Empty));
    }

    private void Take(IEnumerable<Reply> replies)
    {
        foreach (var reply in replies)
        {
            _inbox.Enqueue((reply, _stream.Now));
        }
    }

    private void Process()
    {
        if (!_inbox.TryDequeue(out var next))
        {
            return;
        }

        var reply = next.Reply;
        _nonces[reply.Type] = reply.Nonce;
        switch (reply.Type.Label)
        {
            case "cds":
                TakeClusters(reply);
                break;
            case "eds":
                TakeEndpoints(reply);
                break;
            case "lds":
                Update(_listeners, reply);
                Want(ResourceType.Route, _listeners.Values.SelectMany(item => TestParent.UsesOf(item.Message)), _routes);
                break;
            default:
                TakeRoutes(reply);
                break;
        }

        Take(_stream.Ack(reply));
    }

    private void TakeClusters(Reply reply)
    {
        var before = new Dictionary<string, ReplyResource>(_clusters);
        Update(_clusters, reply);
        var changed = _clusters.Where(item => !before.TryGetValue(item.Key, out var old) || !old.Packed.Equals(item.Value.Packed))
            .Select(item => item.Key)
            .ToArray();
        _warming.UnionWith(changed);
        _warming.IntersectWith(_clusters.Keys);
        _warm.IntersectWith(_clusters.Keys);
        if (!_isCatchingUp)
        {
            Assert.All(
                _routes.Values.SelectMany(item => TestParent.UsesOf(item.Message)),
                name => Assert.True(_clusters.ContainsKey(name), $"cluster {name} was taken away while routes use it."));
        }

        Want(ResourceType.Endpoint, _clusters.Keys, _endpoints, repeat: changed.Length > 0);
    }

    private void TakeEndpoints(Reply reply)
    {
        foreach (var item in reply.Resources.Where(item => _clusters.ContainsKey(item.Name)))
        {
            _endpoints[item.Name] = item;
            _warming.Remove(item.Name);
            _warm.Add(item.Name);
        }
    }

    private void TakeRoutes(Reply reply)
    {
        foreach (var name in reply.Removed)
        {
            _routes.Remove(name);
        }

        foreach (var item in reply.Resources.Where(item => _wanted[ResourceType.Route].Contains(item.Name)))
        {
            Assert.All(TestParent.UsesOf(item.Message), name =>
            {
                Assert.True(_clusters.ContainsKey(name), $"route {item.Name} uses cluster {name}, which is not there.");
                Assert.True(_warm.Contains(name), $"route {item.Name} uses cluster {name}, which was never warm.");
            });
            _routes[item.Name] = item;
        }
    }

    private void Update(Dictionary<string, ReplyResource> held, Reply reply)
    {
        if (!IsDelta)
        {
            held.Clear();
        }

        foreach (var name in reply.Removed)
        {
            held.Remove(name);
        }

        foreach (var item in reply.Resources)
        {
            held[item.Name] = item;
        }
    }

    // Changes the subscription to children, before the parent's response is accepted, as Envoy does.
    private void Want(
        ResourceType type, IEnumerable<string> names, Dictionary<string, ReplyResource> held, bool repeat = false)
    {
        var now = new SortedSet<string>(names, StringComparer.Ordinal);
        var before = _wanted[type];
        string[] added = [.. now.Except(before)], removed = [.. before.Except(now)];
        _wanted[type] = now;
        foreach (var name in removed)
        {
            held.Remove(name);
        }

        var changed = added.Length + removed.Length > 0;
        if (IsDelta ? changed : changed || (repeat && now.Count > 0))
        {
            Take(IsDelta
                ? _stream.Change(type, added, removed)
                : _stream.Ask(type, [.. now], _nonces.GetValueOrDefault(type, string.Empty)));
        }
    }
}

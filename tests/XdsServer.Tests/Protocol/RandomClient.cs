using Google.Protobuf;
using XdsCanary.XdsServer.Protocol;
using XdsCanary.XdsServer.Snapshots;

namespace XdsCanary.XdsServer.Tests.Protocol;

/// <summary>
/// A client that subscribes, answers late, rejects and reconnects at random, and remembers what it holds as the protocol says.
/// Its requests go over the model stream at once; the responses wait in a queue until it gets to them.
/// </summary>
internal sealed class RandomClient(XdsVariant variant)
{
    private readonly Queue<Reply> _inbox = new();
    private readonly Dictionary<ResourceType, ClientSubscription> _types =
        ResourceType.InPushOrder.ToDictionary(type => type, _ => new ClientSubscription());

    private TestMesh _mesh = TestMesh.Empty;
    private XdsSnapshot _snapshot = TestMesh.Empty.ToSnapshot();
    private ModelStream _stream = ModelStream.Open(variant, null);
    private bool _hasRejected;

    private bool IsDelta => variant == XdsVariant.Delta;

    /// <summary>Does one random step.</summary>
    public void Do(Step step)
    {
        var type = ResourceType.InPushOrder[step.A % ResourceType.InPushOrder.Count];
        var name = NameOf(type, step.B);
        switch (step.Kind)
        {
            case < 25:
                Publish(RandomMesh.Change(_mesh, step));
                break;
            case < 40:
                Change(type, [name], [], step.C);
                break;
            case < 48:
                Change(type, [], [name], step.C);
                break;
            case < 52:
                Change(type, [name], [NameOf(type, step.C)], step.C);
                break;
            case < 58:
                Change(type, ["*"], [], step.C);
                break;
            case < 62:
                Change(type, [], ["*"], step.C);
                break;
            case < 66 when !_types[type].Asked:
                Start(type);
                break;
            case < 84:
                Process(reject: false);
                break;
            case < 88:
                Process(reject: true);
                break;
            case < 96:
                Take(_stream.Advance(TimeSpan.FromMilliseconds(500 * step.C)));
                break;
            default:
                Reconnect(step);
                break;
        }
    }

    /// <summary>Answers everything and lets all waits end; then the client must hold what there is.</summary>
    public void Settle()
    {
        if (_hasRejected)
        {
            // What was rejected is sent again when it changes, not before.
            Publish(RandomMesh.TouchAll(_mesh));
        }

        Publish(_mesh);
        for (var round = 0; _inbox.Count > 0 || _stream.Due is not null; round++)
        {
            Assert.True(round < 200, "The stream does not come to rest.");
            Process(reject: false);
            if (_inbox.Count == 0 && _stream.Due is { } due)
            {
                Take(_stream.Advance(due - _stream.Now));
            }
        }

        foreach (var (type, client) in _types.Where(item => item.Value.Asked))
        {
            CheckServer(_stream.Of(type), client);
            CheckHeld(type, client);
        }
    }

    private static string NameOf(ResourceType type, int number)
    {
        var names = type.Label switch
        {
            "lds" => RandomMesh.Listeners,
            "rds" => RandomMesh.Routes,
            _ => RandomMesh.Services,
        };
        return names[number % names.Length];
    }

    private static void CheckServer(TypeState state, ClientSubscription client)
    {
        Assert.Equal(client.Wildcard, state.Subscription.Wildcard);
        Assert.Equal(NameSet.Of(client.Names), state.Subscription.Names);
        Assert.Equal(NameSet.Empty, state.Owed);
        Assert.Equal(NameSet.Empty, state.Rejected);
        Assert.True(state.Held.IsEmpty);
        Assert.False(state.AnswerOwed);
    }

    private void CheckHeld(ResourceType type, ClientSubscription client)
    {
        var there = _snapshot.Get(type);
        foreach (var item in there.Items.Where(item => client.Covers(item.Name)))
        {
            Assert.True(client.Held.TryGetValue(item.Name, out var held), $"{type} {item.Name} is not held.");
            Assert.Equal(ByteString.CopyFrom(item.Packed.Span), held.Packed.ToByteString());
            Assert.Equal(IsDelta ? item.Version : null, held.Version);
        }

        // A partial type cannot be taken away in the one variant, endpoints are not in the other.
        var mayLinger = IsDelta ? type.Removal == RemovalRule.WithParent : !type.IsFullState;
        Assert.All(client.Held.Keys, name => Assert.True(
            client.Covers(name) && (mayLinger || there.Find(name) is not null), $"{type} {name} is held, but should not be."));
    }

    private void Publish(TestMesh mesh)
    {
        _mesh = mesh;
        _snapshot = mesh.ToSnapshot(_snapshot);
        Take(_stream.Publish(_snapshot));
    }

    private void Take(IEnumerable<Reply> replies)
    {
        foreach (var reply in replies)
        {
            _inbox.Enqueue(reply);
        }
    }

    // The first request of a type, with the legacy wildcard.
    private void Start(ResourceType type)
    {
        var client = _types[type];
        client.Asked = true;
        client.Legacy = true;
        Request(type, client, [], []);
    }

    private void Change(ResourceType type, string[] subscribe, string[] unsubscribe, int flags)
    {
        var client = _types[type];
        var first = !client.Asked;
        if (first && subscribe.Length == 0)
        {
            return;
        }

        // A delta response under way across "give up the wildcard, take it again" may bring what is gone since; the protocol
        // has no means against it, so this client answers first.
        while (IsDelta && subscribe.Contains("*") && !client.Wildcard && _inbox.Count > 0)
        {
            Process(reject: false);
        }

        client.Asked = true;
        if (IsDelta)
        {
            client.ApplyDelta(subscribe, unsubscribe, first, forget: flags % 2 == 0);
        }
        else if (!client.ApplySotw(subscribe, unsubscribe))
        {
            return;
        }

        Request(type, client, subscribe, unsubscribe, flags % 3 == 0 ? "stale" : null);
    }

    private void Request(
        ResourceType type, ClientSubscription client, string[] subscribe, string[] unsubscribe, string? nonce = null) =>
        Take(IsDelta
            ? _stream.Change(type, subscribe, unsubscribe, nonce ?? string.Empty)
            : _stream.Ask(type, client.ToNames(), nonce ?? client.Nonce));

    private void Process(bool reject)
    {
        if (!_inbox.TryDequeue(out var reply))
        {
            return;
        }

        var client = _types[reply.Type];
        client.Nonce = reply.Nonce;
        // There is nothing to reject in a response without resources.
        reject &= !reply.Resources.IsEmpty;
        _hasRejected |= reject;
        client.Apply(reply, replacesAll: !IsDelta && reply.Type.IsFullState, reject);
        Take(reject ? _stream.Nack(reply) : _stream.Ack(reply));
    }

    private void Reconnect(Step step)
    {
        _inbox.Clear();
        _stream = ModelStream.Open(variant, step.B % 2 == 0 ? _snapshot : null);
        for (var i = 0; i < ResourceType.InPushOrder.Count; i++)
        {
            var type = ResourceType.InPushOrder[(i + step.A) % ResourceType.InPushOrder.Count];
            var client = _types[type];
            client.Asked &= client.Wildcard || client.Names.Count > 0;
            if (!client.Asked)
            {
                _types[type] = new ClientSubscription();
                continue;
            }

            var claims = client.Held.Where(item => item.Value.Version is not null)
                .ToDictionary(item => item.Key, item => item.Value.Version!);
            Take(IsDelta
                ? _stream.Change(type, client.ToNames(), [], client.Nonce, claims: claims)
                : _stream.Ask(type, client.ToNames(), step.C % 2 == 0 ? client.Nonce : string.Empty));
        }

        Take(_stream.Publish(_snapshot));
    }
}

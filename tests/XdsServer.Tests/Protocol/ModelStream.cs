using System.Globalization;
using Envoy.Service.Discovery.V3;
using XdsCanary.XdsServer.Protocol;
using XdsCanary.XdsServer.Snapshots;
using XdsCanary.XdsServer.Streams;

namespace XdsCanary.XdsServer.Tests.Protocol;

/// <summary>
/// One stream without a network: takes requests, snapshots and the time in, hands back the responses that follow, read from
/// their bytes. Checks on the way what holds for every stream: nonces rise, one response of a type is under way at a time.
/// </summary>
internal sealed class ModelStream
{
    private const int MostResponsesAtOnce = 64;

    private readonly RequestDecoder _decoder = new(new NameSetPool());
    private readonly Dictionary<ResourceType, string> _nonces = [];
    private readonly Dictionary<ResourceType, (Reply Reply, TimeSpan At)> _unanswered = [];
    private readonly Dictionary<ResourceType, string[]> _names = [];
    private long _lastNonce;

    private ModelStream(XdsVariant variant, ProtocolSettings settings, TimeSpan openedAt)
    {
        State = new StreamState(variant, settings, openedAt);
        Now = openedAt;
    }

    public StreamState State { get; private set; }

    public TimeSpan Now { get; private set; }

    /// <summary>When the server asked to be woken; null for never.</summary>
    public TimeSpan? Due { get; private set; }

    public AckOutcome LastOutcome { get; private set; }

    public static ModelStream Sotw(TestMesh? mesh = null, ProtocolSettings? settings = null) =>
        Open(XdsVariant.Sotw, mesh?.ToSnapshot(), settings);

    public static ModelStream Delta(TestMesh? mesh = null, ProtocolSettings? settings = null) =>
        Open(XdsVariant.Delta, mesh?.ToSnapshot(), settings);

    public static ModelStream Open(
        XdsVariant variant, XdsSnapshot? snapshot, ProtocolSettings? settings = null, TimeSpan openedAt = default)
    {
        var stream = new ModelStream(variant, settings ?? ProtocolSettings.Default, openedAt);
        stream.State = stream.State with { Snapshot = snapshot };
        return stream;
    }

    public IReadOnlyList<Reply> Publish(TestMesh mesh) => Publish(mesh.ToSnapshot(State.Snapshot));

    public IReadOnlyList<Reply> Publish(XdsSnapshot snapshot)
    {
        State = State with { Snapshot = snapshot };
        return Drain();
    }

    public IReadOnlyList<Reply> Advance(TimeSpan time)
    {
        Now += time;
        return Drain();
    }

    /// <summary>A state-of-the-world request with the last nonce received; the names are the complete set.</summary>
    public IReadOnlyList<Reply> Ask(ResourceType type, params string[] names) => Ask(type, names, LastNonce(type));

    public IReadOnlyList<Reply> Ask(
        ResourceType type, string[] names, string nonce, string version = "", string? error = null)
    {
        _names[type] = names;
        var request = new DiscoveryRequest
        {
            TypeUrl = type.TypeUrl,
            ResponseNonce = nonce,
            VersionInfo = version,
            ErrorDetail = ErrorOf(error),
        };
        request.ResourceNames.Add(names);
        return Send(_decoder.Decode(request));
    }

    public IReadOnlyList<Reply> Subscribe(ResourceType type, params string[] names) => Change(type, names, []);

    public IReadOnlyList<Reply> Unsubscribe(ResourceType type, params string[] names) => Change(type, [], names);

    /// <summary>A delta request; without a nonce unless one is given.</summary>
    public IReadOnlyList<Reply> Change(
        ResourceType type,
        string[] subscribe,
        string[] unsubscribe,
        string nonce = "",
        string? error = null,
        IReadOnlyDictionary<string, string>? claims = null)
    {
        var request = new DeltaDiscoveryRequest { TypeUrl = type.TypeUrl, ResponseNonce = nonce, ErrorDetail = ErrorOf(error) };
        request.ResourceNamesSubscribe.Add(subscribe);
        request.ResourceNamesUnsubscribe.Add(unsubscribe);
        foreach (var (name, version) in claims ?? new Dictionary<string, string>())
        {
            request.InitialResourceVersions.Add(name, version);
        }

        return Send(_decoder.Decode(request));
    }

    public IReadOnlyList<Reply> Ack(Reply reply) => Answer(reply, null);

    public IReadOnlyList<Reply> Nack(Reply reply, string message = "rejected") => Answer(reply, message);

    /// <summary>Accepts what is under way and what follows from it, until there is silence.</summary>
    public IReadOnlyList<Reply> AckAll()
    {
        var replies = new List<Reply>();
        while (_unanswered.Count > 0)
        {
            replies.AddRange(Ack(_unanswered.Values.First().Reply));
            Assert.True(replies.Count < 100, "The stream does not come to rest.");
        }

        return replies;
    }

    /// <summary>A first request, accepted.</summary>
    public IReadOnlyList<Reply> Open(ResourceType type, params string[] names)
    {
        var replies = State.Variant == XdsVariant.Sotw ? Ask(type, names) : Subscribe(type, names);
        return [.. replies, .. AckAll()];
    }

    public TypeState Of(ResourceType type) => State.Find(type)!;

    private static Google.Rpc.Status? ErrorOf(string? message) =>
        message is null ? null : new Google.Rpc.Status { Code = 13, Message = message };

    private IReadOnlyList<Reply> Answer(Reply reply, string? error) => State.Variant == XdsVariant.Sotw
        ? Ask(reply.Type, _names.GetValueOrDefault(reply.Type) ?? [], reply.Nonce, error is null ? reply.Version : "", error)
        : Change(reply.Type, [], [], reply.Nonce, error);

    private string LastNonce(ResourceType type) => _nonces.GetValueOrDefault(type, string.Empty);

    private List<Reply> Send(DiscoveryInput input)
    {
        var step = StreamRequests.Apply(State, input, Now);
        Assert.Same(step.Type, step.State.Find(input.Type));
        State = step.State;
        LastOutcome = step.Outcome;
        if (_unanswered.TryGetValue(input.Type, out var last) && last.Reply.Nonce == input.Nonce)
        {
            _unanswered.Remove(input.Type);
        }

        return Drain();
    }

    private List<Reply> Drain()
    {
        var replies = new List<Reply>();
        while (true)
        {
            var plan = PushPlanner.Next(State, Now);
            State = plan.State;
            Due = plan.Due;
            if (plan.Response is not { } response)
            {
                Assert.False(Due <= Now, "The server asks to be woken for a time that is past.");
                return replies;
            }

            replies.Add(Receive(response));
            Assert.True(replies.Count < MostResponsesAtOnce, "The server answers without end.");
        }
    }

    private Reply Receive(PlannedResponse response)
    {
        var reply = Reply.Read(response, State.Variant);
        var number = long.Parse(reply.Nonce, CultureInfo.InvariantCulture);
        Assert.True(number > _lastNonce, "Nonces must rise.");
        Assert.Equal(_lastNonce == 0, response.IsFirst);
        _lastNonce = number;
        _nonces[reply.Type] = reply.Nonce;
        if (_unanswered.TryGetValue(reply.Type, out var last) && IsAnswered(last.Reply))
        {
            Assert.True(Now >= last.At + State.Settings.AckTimeout, $"A second {reply.Type} response before the first's answer.");
        }

        _unanswered[reply.Type] = (reply, Now);
        return reply;
    }

    // Clients may leave these without an answer, so the server does not wait for one.
    private bool IsAnswered(Reply reply) =>
        reply.Type.IsKnown && (State.Variant == XdsVariant.Delta || !reply.Resources.IsEmpty);
}

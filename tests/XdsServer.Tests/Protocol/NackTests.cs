using XdsCanary.XdsServer.Protocol;
using XdsCanary.XdsServer.Snapshots;

namespace XdsCanary.XdsServer.Tests.Protocol;

/// <summary>R-2.6 and R-3: acceptance, rejection, and answers that never come.</summary>
public sealed class NackTests
{
    private static readonly ResourceType Type = ResourceType.Listener;

    private static readonly TestMesh Mesh = TestMesh.Of("a");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_X_09_A_rejection_is_followed_by_silence_until_the_content_changes(bool delta)
    {
        var stream = Open(delta);
        var reply = Assert.Single(First(stream));
        for (var revision = 2; revision < 102; revision++)
        {
            Assert.Empty(stream.Nack(reply));
            Assert.Empty(stream.Advance(TimeSpan.FromMinutes(1)));
            Assert.Empty(stream.Publish(Listener(revision - 1).WithEndpoints("a", revision)));
            reply = Assert.Single(stream.Publish(Listener(revision)));
        }

        Assert.Equal(100, stream.Of(Type).Nack?.Streak);
        Assert.Equal(new TypeTotals(101, 101, 0, 0, 100), stream.Of(Type).Totals);
        stream.Ack(reply);
        Assert.Null(stream.Of(Type).Nack);
    }

    [Fact]
    public void A_X_10_A_rejected_update_with_the_old_version_is_followed_by_silence()
    {
        var stream = ModelStream.Sotw(Mesh);
        var first = stream.Open(Type)[0];
        var second = Assert.Single(stream.Publish(Listener(2)));

        Assert.Empty(stream.Ask(Type, [], second.Nonce, first.Version, "bad"));
        Assert.Equal(AckOutcome.Nack, stream.LastOutcome);
        Assert.Empty(stream.Ask(Type, [], second.Nonce, first.Version));

        Assert.Equal(first.Version, stream.Of(Type).AckedVersion);
        Assert.Equal(second.Version, stream.Of(Type).Nack?.Version);
    }

    [Fact]
    public void A_X_11_An_old_version_without_an_error_accepts_the_nonce()
    {
        var stream = ModelStream.Sotw(Mesh);
        stream.Open(Type);
        var second = Assert.Single(stream.Publish(Listener(2)));

        Assert.Empty(stream.Ask(Type, [], second.Nonce, "older"));

        Assert.Equal(AckOutcome.Ack, stream.LastOutcome);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void R_3_1_After_a_rejection_the_former_content_is_a_difference(bool delta)
    {
        var stream = Open(delta);
        First(stream);
        stream.AckAll();
        stream.Nack(Assert.Single(stream.Publish(Listener(2))));

        Assert.Equal(["web"], Assert.Single(stream.Publish(Mesh)).Names);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void R_3_3_Of_a_rejected_response_only_what_changes_is_sent_again(bool delta)
    {
        var mesh = TestMesh.Of("a", "b");
        var stream = Open(delta, mesh);
        var first = delta
            ? stream.Subscribe(ResourceType.Endpoint, "a", "b")
            : stream.Ask(ResourceType.Endpoint, "a", "b");
        stream.Nack(Assert.Single(first));

        Assert.Equal(["a"], Assert.Single(stream.Publish(mesh.WithEndpoints("a", 2))).Names);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void R_3_3_What_was_rejected_is_known_until_it_is_accepted(bool delta)
    {
        var mesh = Mesh.WithListener("other", 1);
        var stream = Open(delta, mesh);
        stream.Nack(Assert.Single(First(stream)));
        Assert.Equal(["other", "web"], stream.Of(Type).Rejected.Names.ToArray());

        stream.Ack(Assert.Single(stream.Publish(mesh.WithListener("web", 2, "routes"))));

        // A state-of-the-world response holds all listeners, so its acceptance is for all of them.
        Assert.Equal(delta ? ["other"] : Array.Empty<string>(), stream.Of(Type).Rejected.Names.ToArray());
    }

    [Fact]
    public void R_3_4_A_changed_subscription_is_answered_after_a_rejection()
    {
        var stream = ModelStream.Sotw(TestMesh.Of("a", "b"));
        stream.Nack(Assert.Single(stream.Ask(ResourceType.Endpoint, "a")));

        Assert.Equal(["b"], Assert.Single(stream.Ask(ResourceType.Endpoint, "a", "b")).Names);
    }

    [Fact]
    public void R_3_5_A_rejection_is_kept_with_its_reason_cut_to_size()
    {
        var stream = ModelStream.Sotw(Mesh);
        var reply = Assert.Single(First(stream));
        stream.Advance(TimeSpan.FromSeconds(1));

        stream.Nack(reply, new string('x', 5000));

        var nack = stream.Of(Type).Nack!;
        Assert.Equal((13, 1, TimeSpan.FromSeconds(1)), (nack.Reason.Code, nack.Streak, nack.At));
        Assert.Equal(new string('x', 1024), nack.Reason.Message);
    }

    [Fact]
    public void R_3_5_A_reason_is_not_cut_inside_a_character()
    {
        var stream = ModelStream.Sotw(Mesh);

        stream.Nack(Assert.Single(First(stream)), new string('x', 1023) + "\U0001F600 and more");

        Assert.Equal(new string('x', 1023), stream.Of(Type).Nack!.Reason.Message);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void R_3_7_A_response_without_an_answer_gives_way_after_the_timeout_exactly(bool delta)
    {
        var stream = Open(delta);
        First(stream);
        var timeout = ProtocolSettings.Default.AckTimeout;

        Assert.Empty(stream.Publish(Listener(2)));
        Assert.Equal(timeout, stream.Due);
        Assert.Empty(stream.Publish(Listener(3)));
        Assert.Empty(stream.Advance(timeout - TimeSpan.FromTicks(1)));
        var late = Assert.Single(stream.Advance(TimeSpan.FromTicks(1)));

        Assert.Equal(Listener(3).ToSnapshot().Get(Type).Version, late.Version);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void R_2_6_An_answer_to_a_response_that_was_overtaken_answers_nothing(bool delta)
    {
        var stream = Open(delta);
        var first = Assert.Single(First(stream));
        stream.Publish(Listener(2));
        var second = Assert.Single(stream.Advance(ProtocolSettings.Default.AckTimeout));

        stream.Ack(first);
        Assert.Equal(AckOutcome.Stale, stream.LastOutcome);
        Assert.NotNull(stream.Of(Type).Outstanding);
        stream.Ack(second);

        Assert.Equal(AckOutcome.Ack, stream.LastOutcome);
        Assert.Equal(second.Version, stream.Of(Type).AckedVersion);
        Assert.Equal(ProtocolSettings.Default.AckTimeout, stream.Of(Type).AckedAt);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void R_10_1_Changes_during_a_response_are_sent_as_one(bool delta)
    {
        var stream = Open(delta);
        var first = Assert.Single(First(stream));
        for (var revision = 2; revision < 10; revision++)
        {
            Assert.Empty(stream.Publish(Listener(revision)));
        }

        var next = Assert.Single(stream.Ack(first));

        Assert.Equal(Listener(9).ToSnapshot().Get(Type).Version, next.Version);
        Assert.Empty(stream.Ack(next));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void R_10_1_A_change_taken_back_during_a_response_is_not_sent(bool delta)
    {
        var mesh = TestMesh.Of("a");
        var stream = Open(delta, mesh);
        var first = Assert.Single(delta ? stream.Subscribe(ResourceType.Endpoint, "a") : stream.Ask(ResourceType.Endpoint, "a"));
        stream.Publish(mesh.WithEndpoints("a", 2));
        stream.Publish(mesh);

        Assert.Empty(stream.Ack(first));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_X_08_Nonces_rise_over_many_pushes(bool delta)
    {
        var stream = Open(delta);
        First(stream);
        stream.AckAll();

        for (var revision = 2; revision < 2000; revision++)
        {
            // The model stream checks the nonces.
            stream.Publish(Listener(revision));
            stream.AckAll();
        }

        Assert.Equal(1999, stream.State.LastNonce);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_X_37_An_unknown_type_is_told_that_nothing_exists_and_disturbs_no_other(bool delta)
    {
        var unknown = ResourceType.Of("type.googleapis.com/example.Unknown");
        var stream = Open(delta);

        var reply = Assert.Single(delta ? stream.Subscribe(unknown, "x", "y") : stream.Ask(unknown, "x", "y"));
        Assert.Empty(reply.Resources);
        Assert.Equal(delta ? ["x", "y"] : Array.Empty<string>(), reply.Removed);
        Assert.Equal(unknown, reply.Type);
        Assert.Single(First(stream));
        stream.AckAll();

        Assert.Single(stream.Publish(Listener(2)));
        stream.Nack(reply);
        Assert.Empty(stream.Advance(TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public void A_X_37_A_wildcard_of_an_unknown_type_is_told_once_that_nothing_exists()
    {
        var unknown = ResourceType.Of("type.googleapis.com/example.Unknown");
        var stream = ModelStream.Delta(Mesh);

        Assert.Empty(Assert.Single(stream.Subscribe(unknown)).Removed);
        Assert.Empty(stream.Publish(Listener(2)));
    }

    private static TestMesh Listener(int revision) => Mesh.WithListener("web", revision, "routes");

    private static ModelStream Open(bool delta, TestMesh? mesh = null) =>
        delta ? ModelStream.Delta(mesh ?? Mesh) : ModelStream.Sotw(mesh ?? Mesh);

    private static IReadOnlyList<Reply> First(ModelStream stream) =>
        stream.State.Variant == XdsVariant.Delta ? stream.Subscribe(Type) : stream.Ask(Type);
}

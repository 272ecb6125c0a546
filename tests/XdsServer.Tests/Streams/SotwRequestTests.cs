using System.Buffers;
using Envoy.Config.Core.V3;
using Envoy.Service.Discovery.V3;
using Google.Protobuf;
using XdsCanary.XdsServer.Protocol;
using XdsCanary.XdsServer.Streams;

namespace XdsCanary.XdsServer.Tests.Streams;

public sealed class SotwRequestTests
{
    private readonly NameListCache _cache = new(new NameSetPool());

    [Fact]
    public void Names_are_taken_out_and_everything_else_is_kept()
    {
        var sent = Request("b", "a", "*");

        var read = SotwRequest.Read(new ReadOnlySequence<byte>(sent.ToByteArray()), _cache);

        Assert.Equal(new NameList(true, NameSet.Of(["a", "b"])), read.Names);
        sent.ResourceNames.Clear();
        Assert.Equal(sent, read.Message);
    }

    [Fact]
    public void A_repeated_list_is_recognised_without_decoding_it()
    {
        var bytes = Request("b", "a").ToByteArray();

        var first = SotwRequest.Read(new ReadOnlySequence<byte>(bytes), _cache);
        var second = SotwRequest.Read(new ReadOnlySequence<byte>([.. bytes]), _cache);

        Assert.Same(first.Names!.Value.Names, second.Names!.Value.Names);
    }

    [Fact]
    public void The_same_names_in_another_order_are_the_same_set()
    {
        var first = SotwRequest.Read(new ReadOnlySequence<byte>(Request("b", "a").ToByteArray()), _cache);
        var second = SotwRequest.Read(new ReadOnlySequence<byte>(Request("a", "b").ToByteArray()), _cache);

        Assert.Same(first.Names!.Value.Names, second.Names!.Value.Names);
    }

    [Fact]
    public void A_request_without_names_is_read_whole()
    {
        var sent = Request();

        var read = SotwRequest.Read(new ReadOnlySequence<byte>(sent.ToByteArray()), _cache);

        Assert.Null(read.Names);
        Assert.Equal(sent, read.Message);
    }

    [Fact]
    public void Names_that_do_not_stand_together_are_left_to_the_parser()
    {
        byte[] bytes = [.. Request("a").ToByteArray(), .. new DiscoveryRequest { ResourceNames = { "b" } }.ToByteArray()];

        var read = SotwRequest.Read(new ReadOnlySequence<byte>(bytes), _cache);

        Assert.Null(read.Names);
        Assert.Equal(["a", "b"], read.Message.ResourceNames);
    }

    [Fact]
    public void A_request_in_several_segments_is_read_like_one()
    {
        var sent = Request("a", "b");
        var bytes = sent.ToByteArray();

        var read = SotwRequest.Read(Segments(bytes, 7), _cache);

        Assert.Equal(NameSet.Of(["a", "b"]), read.Names!.Value.Names);
        Assert.Equal(sent.TypeUrl, read.Message.TypeUrl);
    }

    [Fact]
    public void A_X_45_Truncated_requests_are_refused_or_read_but_never_break()
    {
        var bytes = Request("some-name", "another-name").ToByteArray();

        for (var length = 0; length < bytes.Length; length++)
        {
            var part = new ReadOnlySequence<byte>(bytes, 0, length);
            var fault = Record.Exception(() => SotwRequest.Read(part, _cache));

            Assert.True(fault is null or InvalidProtocolBufferException, $"{length}: {fault}");
        }
    }

    private static DiscoveryRequest Request(params string[] names) => new()
    {
        VersionInfo = "v1",
        Node = new Node { Id = "n" },
        ResourceNames = { names },
        TypeUrl = "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment",
        ResponseNonce = "7",
    };

    private static ReadOnlySequence<byte> Segments(byte[] bytes, int size)
    {
        var first = new Segment(bytes.AsMemory(0, size), 0);
        var last = first;
        for (var start = size; start < bytes.Length; start += size)
        {
            last = last.Append(bytes.AsMemory(start, Math.Min(size, bytes.Length - start)));
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long index)
        {
            Memory = memory;
            RunningIndex = index;
        }

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}

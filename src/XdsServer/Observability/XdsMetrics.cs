using Prometheus;
using XdsCanary.XdsServer.Protocol;
using XdsCanary.XdsServer.Snapshots;

namespace XdsCanary.XdsServer.Observability;

/// <summary>
/// The server's own metrics. Labels are closed sets; a node's id is never one. Known label values start at zero, so that the
/// first event is a visible increase. Thread-safe.
/// </summary>
internal sealed class XdsMetrics
{
    private readonly Gauge _streams;
    private readonly Counter _requests;
    private readonly Counter _responses;
    private readonly Counter _responseBytes;
    private readonly Counter _nacks;
    private readonly Histogram _ackSeconds;
    private readonly Counter _rebuilds;
    private readonly Gauge _resources;

    /// <summary>Registers the metrics.</summary>
    /// <param name="registry">The registry that <c>/metrics</c> shows.</param>
    public XdsMetrics(CollectorRegistry registry)
    {
        var factory = Metrics.WithCustomRegistry(registry);
        _streams = factory.CreateGauge("xds_streams", "Open discovery streams.", "variant");
        _requests = factory.CreateCounter("xds_requests_total", "Discovery requests.", "type", "kind");
        _responses = factory.CreateCounter("xds_responses_total", "Discovery responses written.", "type");
        _responseBytes = factory.CreateCounter("xds_response_bytes_total", "Bytes of the responses written.", "type");
        _nacks = factory.CreateCounter("xds_nacks_total", "Responses that clients rejected.", "type");
        _ackSeconds = factory.CreateHistogram(
            "xds_push_to_ack_seconds",
            "Time from a response to its acknowledgement.",
            new HistogramConfiguration { LabelNames = ["type"], Buckets = Histogram.ExponentialBuckets(0.001, 2, 14) });
        _rebuilds = factory.CreateCounter("xds_rebuilds_total", "Rebuilds of the mesh from its objects.", "result");
        _resources = factory.CreateGauge(
            "xds_snapshot_resources", "Resources in the current snapshots of all node groups.", "type");
        StuckStreams = factory.CreateCounter("xds_stuck_streams_total", "Streams cut because the client did not read.");
        Inconsistent = factory.CreateCounter(
            "xds_snapshots_inconsistent_total", "Snapshots held back because they refer to what they do not hold.");
        BuildSeconds = factory.CreateHistogram(
            "xds_snapshot_build_seconds",
            "Time to build and publish the snapshots after a change.",
            new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(0.0001, 2, 14) });
        ObjectProblems = factory.CreateGauge("xds_object_problems", "Faults found in the objects of the last rebuild.");
        Initialise();
    }

    /// <summary>Streams cut because the client did not read.</summary>
    public Counter StuckStreams { get; }

    /// <summary>Snapshots held back.</summary>
    public Counter Inconsistent { get; }

    /// <summary>Time to build and publish.</summary>
    public Histogram BuildSeconds { get; }

    /// <summary>Faults found in the objects.</summary>
    public Gauge ObjectProblems { get; }

    /// <summary>Counts a stream in.</summary>
    /// <param name="variant">Its variant.</param>
    public void StreamOpened(XdsVariant variant) => _streams.WithLabels(Label(variant)).Inc();

    /// <summary>Counts a stream out.</summary>
    /// <param name="variant">Its variant.</param>
    public void StreamClosed(XdsVariant variant) => _streams.WithLabels(Label(variant)).Dec();

    /// <summary>Counts a request.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="outcome">What it said.</param>
    public void Requested(ResourceType type, AckOutcome outcome)
    {
        _requests.WithLabels(type.Label, Label(outcome)).Inc();
        if (outcome == AckOutcome.Nack)
        {
            _nacks.WithLabels(type.Label).Inc();
        }
    }

    /// <summary>Counts a response.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="bytes">Its size.</param>
    public void Responded(ResourceType type, int bytes)
    {
        _responses.WithLabels(type.Label).Inc();
        _responseBytes.WithLabels(type.Label).Inc(bytes);
    }

    /// <summary>Notes how long a client took to acknowledge.</summary>
    /// <param name="type">The response's type.</param>
    /// <param name="elapsed">Time since it was sent.</param>
    public void Acknowledged(ResourceType type, TimeSpan elapsed) =>
        _ackSeconds.WithLabels(type.Label).Observe(elapsed.TotalSeconds);

    /// <summary>Counts a rebuild.</summary>
    /// <param name="result"><c>published</c>, <c>skipped</c> or <c>failed</c>.</param>
    public void Rebuilt(string result) => _rebuilds.WithLabels(result).Inc();

    /// <summary>Notes the size of the current snapshots.</summary>
    /// <param name="type">A type.</param>
    /// <param name="count">Its resources over all groups.</param>
    public void Sized(ResourceType type, int count) => _resources.WithLabels(type.Label).Set(count);

    private static string Label(XdsVariant variant) => variant == XdsVariant.Delta ? "delta" : "sotw";

    private static string Label(AckOutcome outcome) => outcome switch
    {
        AckOutcome.Initial => "initial",
        AckOutcome.Subscribe => "subscribe",
        AckOutcome.Ack => "ack",
        AckOutcome.Nack => "nack",
        _ => "stale",
    };

    private void Initialise()
    {
        foreach (var variant in Enum.GetValues<XdsVariant>())
        {
            _streams.WithLabels(Label(variant)).Set(0);
        }

        foreach (var type in ResourceType.InPushOrder)
        {
            _responses.WithLabels(type.Label);
            _responseBytes.WithLabels(type.Label);
            _nacks.WithLabels(type.Label);
            _ackSeconds.WithLabels(type.Label);
            _resources.WithLabels(type.Label);
            foreach (var outcome in Enum.GetValues<AckOutcome>())
            {
                _requests.WithLabels(type.Label, Label(outcome));
            }
        }

        foreach (var result in new[] { "published", "skipped", "failed" })
        {
            _rebuilds.WithLabels(result);
        }
    }
}

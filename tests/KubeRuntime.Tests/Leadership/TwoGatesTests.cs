namespace XdsCanary.KubeRuntime.Tests.Leadership;

/// <summary>
/// Replicas over one lease, each with a clock of its own pace, while the server is away for one or the other, calls are slow, answers
/// are lost, and replicas stop, die and start again.
/// </summary>
public sealed class TwoGatesTests
{
    private const int Runs = 12;
    private const int Steps = 4000;

    [Fact]
    public void Never_two_that_may_write()
    {
        var first = Environment.TickCount;
        var turns = 0;
        for (var i = 0; i < Runs; i++)
        {
            turns += new Run(first + i).Play();
        }

        // It would prove nothing if one led for all the time.
        Assert.True(turns > Runs * 2, $"seed {first}: leadership went over only {turns} times");
    }

    private sealed class Run
    {
        private readonly int _seed;
        private readonly Random _random;
        private readonly LeaseServer _server = new();
        private readonly Replica[] _replicas;
        private readonly double[] _paces;
        private readonly string?[] _weather = new string?[2];
        private readonly List<Replica> _before = [];
        private int _started;

        public Run(int seed)
        {
            _seed = seed;
            _random = new Random(seed);
            _replicas = [Start(0), Start(1)];
            _paces = [Pace(), Pace()];
        }

        public int Play()
        {
            var (turns, last) = (0, string.Empty);
            for (var step = 0; step < Steps; step++)
            {
                var which = _random.Next(2);
                Change(which);
                var passed = _random.NextDouble() * 0.2;
                _before.ForEach(replica => replica.Time.Advance(TimeSpan.FromSeconds(passed)));
                for (var i = 0; i < 2; i++)
                {
                    _replicas[i].Time.Advance(TimeSpan.FromSeconds(passed * _paces[i]));
                    Assert.False(
                        _replicas[0].Gate.MayWrite && _replicas[1].Gate.MayWrite,
                        $"seed {_seed}, step {step}: both may write");
                    Assert.False(_replicas[i].Running.IsFaulted, $"seed {_seed}, step {step}: {_replicas[i].Running.Exception}");
                }

                if (_replicas.FirstOrDefault(replica => replica.Gate.MayWrite) is { } leader && leader.Gate.Leader != last)
                {
                    (turns, last) = (turns + 1, leader.Gate.Leader);
                }
            }

            return turns;
        }

        private void Change(int which)
        {
            switch (_random.Next(200))
            {
                case < 3:
                    _weather[which] = _random.Next(4) switch { 0 => "refused", 1 => "silence", 2 => "lost", _ => null };
                    break;
                case < 6:
                    _weather[which] = null;
                    break;
                case 6 when _random.Next(4) == 0:
                    _replicas[which].Stop();
                    Restart(which);
                    break;
                case 7 when _random.Next(4) == 0:
                    _replicas[which].Kill();
                    Restart(which);
                    break;
            }
        }

        // What the one before has sent may still arrive.
        private void Restart(int which)
        {
            _before.Add(_replicas[which]);
            _replicas[which] = Start(which);
        }

        private Replica Start(int which)
        {
            var replica = new Replica(_server, $"{which}-{++_started}");
            replica.Door.Meets = _ => _weather[which];
            replica.Door.Delay = () => _random.Next(3) == 0 ? TimeSpan.FromSeconds(_random.NextDouble() * _random.Next(1, 8)) : TimeSpan.Zero;
            return replica.Start();
        }

        // The margin of 3 s in 15 s bears this much.
        private double Pace() => 0.92 + (_random.NextDouble() * 0.16);
    }
}

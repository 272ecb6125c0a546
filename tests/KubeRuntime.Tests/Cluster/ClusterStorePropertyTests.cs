using XdsCanary.KubeRuntime.Api;
using XdsCanary.KubeRuntime.Cluster;
using XdsCanary.KubeRuntime.Objects;
using static XdsCanary.KubeRuntime.Tests.Cluster.ClusterRig;

namespace XdsCanary.KubeRuntime.Tests.Cluster;

/// <summary>
/// A server with objects of two kinds, whose watches lag by any amount and repeat themselves, lists, and answers of writes that come
/// when they like: whatever the order, what is known goes only forward, and is in the end what the server has.
/// </summary>
public sealed class ClusterStorePropertyTests
{
    private const int Runs = 500;
    private const int Steps = 120;

    [Fact]
    public void Any_order_of_answers_watch_lines_and_lists_ends_with_the_server_s_objects()
    {
        var first = Environment.TickCount;
        for (var i = 0; i < Runs; i++)
        {
            new Run(first + i).Play();
        }
    }

    private sealed class Run(int seed)
    {
        private static readonly string[] Kinds = ["Thing", "Other"];
        private static readonly string[] Names = ["a", "b", "c"];

        private readonly Random _random = new(seed);
        private readonly SortedDictionary<(string Kind, string Name), int> _server = [];
        private readonly Dictionary<string, List<(string Type, string Name, int Version)>> _history = new() { ["Thing"] = [], ["Other"] = [] };
        private readonly Dictionary<string, int> _watched = new() { ["Thing"] = 0, ["Other"] = 0 };
        private readonly List<SourceObject> _answers = [];
        private readonly List<(string Kind, int Version, List<ObjectReading> Items)> _lists = [];
        private readonly Dictionary<ObjectKey, ulong> _highest = [];
        private ClusterStore _store = ClusterStore.Empty;
        private int _version = 1;

        public void Play()
        {
            foreach (var kind in Kinds)
            {
                Take(store => store.Replace("example.io", kind, [], 1));
            }

            for (var i = 0; i < Steps; i++)
            {
                Step(Kinds[_random.Next(Kinds.Length)]);
            }

            // The watches catch up, and the last answers come at the very end.
            foreach (var kind in Kinds)
            {
                while (_watched[kind] < _history[kind].Count)
                {
                    Watch(kind);
                }
            }

            while (_answers.Count > 0)
            {
                Answer();
            }

            while (_lists.Count > 0)
            {
                Refresh();
            }

            Assert.Equal(Show(_server.Select(pair => (pair.Key.Kind, pair.Key.Name, pair.Value))), Show(_store.Objects.Values
                .Select(item => (item.Key.Kind, item.Key.Name.Name, (int)ApiObjects.VersionOf(item)))));
        }

        private void Step(string kind)
        {
            switch (_random.Next(12))
            {
                case < 4:
                    Write(kind, isOurs: _random.Next(2) == 0);
                    break;
                case < 8 when _watched[kind] < _history[kind].Count:
                    Watch(kind);
                    break;
                case 8 when _watched[kind] > 0:
                    // The watch is resumed from an older version, and tells again what was told.
                    _watched[kind] = Math.Max(0, _watched[kind] - _random.Next(6));
                    break;
                case 9 when _answers.Count > 0:
                    Answer();
                    break;
                case 10:
                    _lists.Add((kind, _version, List(kind)));
                    if (_random.Next(2) == 0)
                    {
                        Refresh();
                    }

                    break;
                case 11 when _random.Next(3) == 0:
                    _watched[kind] = _history[kind].Count;
                    Take(store => store.Replace("example.io", kind, [.. List(kind)], (ulong)_version));
                    break;
            }
        }

        private void Write(string kind, bool isOurs)
        {
            var name = Names[_random.Next(Names.Length)];
            var isThere = _server.ContainsKey((kind, name));
            _version += _random.Next(1, 3);
            if (isThere && _random.Next(3) == 0)
            {
                _server.Remove((kind, name));
                _history[kind].Add(("DELETED", name, _version));
                return;
            }

            _server[(kind, name)] = _version;
            _history[kind].Add((isThere ? "MODIFIED" : "ADDED", name, _version));
            if (isOurs)
            {
                _answers.Add(Item(kind, name, _version));
            }
        }

        private void Watch(string kind)
        {
            var (type, name, version) = _history[kind][_watched[kind]++];
            var item = Item(kind, name, version);
            Take(store => (type == "DELETED" ? store.Remove(item.Key, (ulong)version) : store.Put(item))
                .Advance("example.io", kind, (ulong)version));
        }

        private void Answer()
        {
            var index = _random.Next(_answers.Count);
            var item = _answers[index];
            _answers.RemoveAt(index);
            Take(store => store.Put(item));
        }

        private void Refresh()
        {
            var index = _random.Next(_lists.Count);
            var (kind, version, items) = _lists[index];
            _lists.RemoveAt(index);
            Take(store => store.Refresh("example.io", kind, [.. items], (ulong)version));
        }

        private void Take(Func<ClusterStore, ClusterStore> change)
        {
            var before = _store.Objects;
            _store = change(_store);
            foreach (var (key, item) in _store.Objects)
            {
                // One that was gone comes back only as a newer one.
                var version = ApiObjects.VersionOf(item);
                var least = _highest.GetValueOrDefault(key) + (before.ContainsKey(key) ? 0UL : 1UL);
                Assert.True(version >= least, $"seed {seed}: {key} went back to {version}");
                _highest[key] = version;
            }
        }

        private List<ObjectReading> List(string kind) =>
            [.. _server.Where(pair => pair.Key.Kind == kind).Select(pair => new ObjectReading([Item(kind, pair.Key.Name, pair.Value)], []))];

        private string Show(IEnumerable<(string Kind, string Name, int Version)> items) =>
            $"seed {seed}: {string.Join(' ', items.Select(item => $"{item.Kind}/{item.Name}@{item.Version}").Order(StringComparer.Ordinal))}";

        private static SourceObject Item(string kind, string name, int version) =>
            Object(name, version) with { Key = new ObjectKey("example.io", kind, new NamespacedName("default", name)) };
    }
}

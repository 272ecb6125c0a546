using System.Collections.Immutable;

namespace XdsCanary.KubeRuntime.Documents;

/// <summary>Collects the entries of one mapping: reports keys written twice, fills in what merge keys bring.</summary>
internal sealed class MappingBuilder(NodePosition position, TreeScope scope)
{
    private readonly ImmutableArray<MappingEntry>.Builder _entries = ImmutableArray.CreateBuilder<MappingEntry>();
    private readonly Dictionary<string, NodePosition> _keys = new(StringComparer.Ordinal);
    private readonly List<MappingNode> _merged = [];

    /// <summary>Adds an entry, unless its key is there already: which of the two was meant cannot be known.</summary>
    public void Add(string key, NodePosition keyPosition, DocumentNode value)
    {
        if (_keys.TryAdd(key, keyPosition))
        {
            _entries.Add(new MappingEntry(key, keyPosition, value));
            return;
        }

        scope.Enter(key, keyPosition);
        scope.Report(
            keyPosition,
            $"the key '{key}' is written twice, first in line {_keys[key].Line}",
            "Keep one of the two");
        scope.Leave();
    }

    /// <summary>
    /// Takes in the value of a merge key <c>&lt;&lt;</c>: a mapping, or a list of mappings of which the first wins.
    /// </summary>
    public void Merge(NodePosition keyPosition, DocumentNode value)
    {
        var sources = value is SequenceNode list ? list.Items : [value];
        foreach (var source in sources)
        {
            if (source is MappingNode mapping)
            {
                _merged.Add(mapping);
            }
            else
            {
                scope.Report(
                    keyPosition,
                    "the merge key '<<' needs an object or a list of objects",
                    "Write '<<: *name', where '&name' stands before an object");
            }
        }
    }

    /// <summary>The mapping, with merged entries after those that were written.</summary>
    public MappingNode Build()
    {
        foreach (var entry in _merged.SelectMany(mapping => mapping.Entries))
        {
            if (_keys.TryAdd(entry.Key, entry.KeyPosition))
            {
                _entries.Add(entry);
            }
        }

        return new MappingNode(_entries.DrainToImmutable(), position);
    }
}

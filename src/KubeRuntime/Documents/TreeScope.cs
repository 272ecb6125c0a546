using System.Globalization;
using System.Text;

namespace XdsCanary.KubeRuntime.Documents;

/// <summary>
/// What both composers keep while they build one document: the path of the node in hand, the faults found and the limits.
/// </summary>
internal sealed class TreeScope
{
    private readonly List<(string? Key, int Index)> _path = [];
    private int _nodes;

    /// <summary>The faults found so far.</summary>
    public List<NodeProblem> Problems { get; } = [];

    /// <summary>How many lists and mappings enclose the node in hand.</summary>
    public int Depth => _path.Count;

    /// <summary>Enters the value of a key.</summary>
    public void Enter(string key, NodePosition position) => Enter((key, 0), position);

    /// <summary>Enters an item of a list.</summary>
    public void Enter(int index, NodePosition position) => Enter((null, index), position);

    /// <summary>Leaves what was entered last.</summary>
    public void Leave() => _path.RemoveAt(_path.Count - 1);

    /// <summary>Counts nodes against the limit; an alias counts with all that it repeats.</summary>
    /// <param name="size">How many nodes.</param>
    /// <param name="height">How many levels they span.</param>
    /// <param name="position">Where to report that it is too much.</param>
    public void Count(int size, int height, NodePosition position)
    {
        _nodes += size;
        if (_nodes > DocumentLimits.MaxNodes)
        {
            Abort(position, "the document has more than 1,000,000 values", "Split it, or use fewer aliases");
        }

        if (Depth + height > DocumentLimits.MaxDepth + 1)
        {
            AbortTooDeep(position);
        }
    }

    /// <summary>Records a fault of the node in hand.</summary>
    public void Report(NodePosition position, string message, string fix) =>
        Problems.Add(new NodeProblem(position, RenderPath(), message, fix));

    private static void AbortTooDeep(NodePosition position) =>
        Abort(position, "values are nested more than 64 deep", "Flatten the document, or close the brackets that were opened");

    private static void Abort(NodePosition position, string message, string fix) =>
        throw new DocumentAbortException(new NodeProblem(position, string.Empty, message, fix));

    private void Enter((string? Key, int Index) step, NodePosition position)
    {
        if (_path.Count >= DocumentLimits.MaxDepth)
        {
            AbortTooDeep(position);
        }

        _path.Add(step);
    }

    private string RenderPath()
    {
        var text = new StringBuilder();
        foreach (var (key, index) in _path)
        {
            if (key is null)
            {
                text.Append(CultureInfo.InvariantCulture, $"[{index}]");
            }
            else
            {
                text.Append(text.Length == 0 ? string.Empty : ".").Append(key);
            }
        }

        return text.ToString();
    }
}

namespace Tandem.Architecture.Tests;

/// <summary>A type that refers to another one.</summary>
/// <param name="From">Full name of the referring type; for a nested type, of its outermost type.</param>
/// <param name="To">Full name of the type referred to, likewise.</param>
internal sealed record TypeUse(string From, string To)
{
    public string FromNamespace => NamespaceOf(From);

    public string ToNamespace => NamespaceOf(To);

    private static string NamespaceOf(string type) => type[..type.LastIndexOf('.')];
}

/// <summary>Which namespaces use which others.</summary>
internal sealed class NamespaceGraph
{
    private readonly ILookup<string, string> _used;

    private NamespaceGraph(ILookup<string, string> used) => _used = used;

    public static NamespaceGraph Of(IEnumerable<TypeUse> uses) =>
        new(
            uses.Select(use => (From: use.FromNamespace, To: use.ToNamespace))
                .Where(use => use.From != use.To)
                .Distinct()
                .OrderBy(use => use.To, StringComparer.Ordinal)
                .ToLookup(use => use.From, use => use.To, StringComparer.Ordinal)
        );

    /// <summary>The namespaces of a shortest cycle, in order; null if there is none.</summary>
    public IReadOnlyList<string>? ShortestCycle() =>
        _used
            .Select(from => Way(from.Key, from.Key))
            .OfType<IReadOnlyList<string>>()
            .OrderBy(cycle => cycle.Count)
            .ThenBy(cycle => cycle[0], StringComparer.Ordinal)
            .FirstOrDefault();

    // The way does not include its end. The search is breadth-first, so the first way found is a shortest one.
    private List<string>? Way(string start, string end)
    {
        var cameFrom = new Dictionary<string, string>(StringComparer.Ordinal);
        var waiting = new Queue<string>([start]);
        while (waiting.TryDequeue(out var here))
        {
            foreach (var next in _used[here])
            {
                if (next == end)
                    return Trace(cameFrom, start, here);
                if (cameFrom.TryAdd(next, here))
                    waiting.Enqueue(next);
            }
        }
        return null;
    }

    private static List<string> Trace(Dictionary<string, string> cameFrom, string start, string end)
    {
        var way = new List<string> { end };
        while (way[^1] != start)
            way.Add(cameFrom[way[^1]]);
        way.Reverse();
        return way;
    }
}

namespace Engine.Workflows.Associations.Decision;

/// <summary>One association of an item: a node of its chain.</summary>
/// <param name="Parent">The id of the association whose code was read; null for a first scan.</param>
/// <param name="Account">As the event spells it.</param>
/// <param name="Depth">0 for a first scan.</param>
/// <param name="Time">Log time, ms.</param>
/// <param name="Order">The record's offset: nodes come in this order.</param>
/// <param name="Nonce">That of its code, in hex.</param>
/// <param name="Expires">When its code expires, ms.</param>
/// <param name="Network">The network of the event's address; null if it has none.</param>
/// <param name="IsNew">Whether the account had nothing to do with the item before.</param>
/// <param name="IsSuspect">Whether it stays apart from the counts.</param>
internal sealed record ItemNode(
    string Id,
    string? Parent,
    string Account,
    int Depth,
    long Time,
    long Order,
    string Nonce,
    long Expires,
    string? Network,
    bool IsNew,
    bool IsSuspect
)
{
    /// <summary>The account in one spelling, as accounts are compared without letter case.</summary>
    public string Who { get; } = Fold(Account);

    public static string Fold(string account) => account.ToLowerInvariant();
}

/// <summary>What was found of a ring.</summary>
/// <param name="Accounts">The accounts of the ring, from the one that closes it; null for none.</param>
/// <param name="IsComplete">Whether all was searched: the search stops after a number of steps.</param>
internal readonly record struct RingSearch(IReadOnlyList<string>? Accounts, bool IsComplete);

/// <summary>Who showed an item to whom: a graph of accounts whose edges are associations. Edges only ever come; the
/// oldest go when there are too many. Searches see what is there when they are asked, so that later edges change no
/// earlier outcome.</summary>
internal sealed class ItemGraph
{
    /// <summary>The longest ring that is looked for.</summary>
    private const int MaxRing = 6;

    /// <summary>Edges that a search follows before it gives up: some hundred microseconds.</summary>
    private const int MaxSteps = 20_000;

    private static readonly Dictionary<string, int> Nobody = [];

    /// <summary>Whom an account has shown the item to, and who has shown it to an account; several times counts
    /// once.</summary>
    private readonly Dictionary<string, Dictionary<string, int>> _to = [],
        _from = [];

    public void Add(string from, string to) => Link(from, to, 1);

    public void Remove(string from, string to) => Link(from, to, -1);

    /// <summary>Looks for a ring that an edge would close: a way back from its end to its start of at most five edges,
    /// or two ways from one account to another, as when money is scattered and gathered.</summary>
    public RingSearch RingClosedBy(string from, string to)
    {
        int steps = 0;
        List<string>? back = Way(to, from, MaxRing - 1, _to, ref steps);
        if (back != null)
        {
            return new RingSearch(back, true);
        }

        List<string>? gathered = Gathered(from, to, ref steps);
        return new RingSearch(gathered, steps < MaxSteps);
    }

    /// <summary>The ring that an edge closes as the second of two ways of two edges with equal ends: scattered by one
    /// account, gathered by another. The edge may be the first or the last of its way.</summary>
    private List<string>? Gathered(string from, string to, ref int steps)
    {
        foreach (string source in Of(_from, from))
        {
            if (source != to && Between(source, to, from, ref steps) is { } other)
            {
                return [source, from, to, other];
            }
        }

        foreach (string sink in Of(_to, to))
        {
            if (sink != from && Between(from, sink, to, ref steps) is { } other)
            {
                return [from, to, sink, other];
            }
        }

        return null;
    }

    /// <summary>An account between two others, but for one; null for none.</summary>
    private string? Between(string source, string sink, string but, ref int steps)
    {
        foreach (string one in Of(_from, sink))
        {
            if (++steps >= MaxSteps)
            {
                return null;
            }

            if (
                one != but
                && one != source
                && _from.TryGetValue(one, out Dictionary<string, int>? theirs)
                && theirs.ContainsKey(source)
            )
            {
                return one;
            }
        }

        return null;
    }

    private static Dictionary<string, int>.KeyCollection Of(
        Dictionary<string, Dictionary<string, int>> edges,
        string of
    ) => (edges.GetValueOrDefault(of) ?? Nobody).Keys;

    /// <summary>The shortest way along edges, breadth first; null if there is none of so few edges.</summary>
    private static List<string>? Way(
        string begin,
        string end,
        int most,
        Dictionary<string, Dictionary<string, int>> edges,
        ref int steps
    )
    {
        var before = new Dictionary<string, string?> { [begin] = null };
        List<string> level = [begin];
        for (int length = 1; length <= most && level.Count > 0; length++)
        {
            List<string> next = [];
            foreach (string account in level)
            {
                if (!edges.TryGetValue(account, out Dictionary<string, int>? reached))
                {
                    continue;
                }

                foreach (string one in reached.Keys)
                {
                    if (++steps >= MaxSteps)
                    {
                        return null;
                    }

                    if (!before.TryAdd(one, account))
                    {
                        continue;
                    }

                    if (one == end)
                    {
                        return Trace(before, end);
                    }

                    next.Add(one);
                }
            }

            level = next;
        }

        return null;
    }

    private static List<string> Trace(Dictionary<string, string?> before, string end)
    {
        List<string> way = [];
        for (string? at = end; at != null; at = before[at])
        {
            way.Add(at);
        }

        way.Reverse();
        return way;
    }

    private void Link(string from, string to, int by)
    {
        if (from != to)
        {
            Link(_to, from, to, by);
            Link(_from, to, from, by);
        }
    }

    private static void Link(Dictionary<string, Dictionary<string, int>> edges, string one, string other, int by)
    {
        if (!edges.TryGetValue(one, out Dictionary<string, int>? linked))
        {
            edges[one] = linked = [];
        }

        int count = linked.GetValueOrDefault(other) + by;
        if (count > 0)
        {
            linked[other] = count;
            return;
        }

        linked.Remove(other);
        if (linked.Count == 0)
        {
            edges.Remove(one);
        }
    }
}

using System.Globalization;
using Engine.Workflows.Associations.Settings;
using Engine.Workflows.Module;

namespace Engine.Workflows.Associations.Decision;

/// <summary>What a partition remembers of an item: its associations, up to a number, and what follows from them. Each
/// is a field <c>a &lt;item&gt; &lt;id&gt;</c> → <c>&lt;parent or -&gt; &lt;account&gt; &lt;depth&gt; &lt;time&gt;
/// &lt;order&gt; &lt;nonce&gt; &lt;expires&gt; &lt;network or -&gt; &lt;new&gt; &lt;suspect&gt;</c>. With the oldest
/// association goes all that follows from it, so that what was restored equals what was never lost.</summary>
internal sealed class ItemMemory(string item)
{
    public const string Word = "a";

    private const string None = "-";

    private readonly Dictionary<string, ItemNode> _nodes = [],
        _byNonce = [];

    /// <summary>The association that an account got by a code, or by its first scan.</summary>
    private readonly Dictionary<(string Parent, string Who), ItemNode> _by = [];
    private readonly Dictionary<string, List<ItemNode>> _children = [];
    private readonly Dictionary<string, Dictionary<string, int>> _brought = [];
    private readonly Queue<ItemNode> _inOrder = new();
    private readonly List<ItemNode> _restored = [];

    /// <summary>Of each account, how many associations it is in.</summary>
    private readonly Dictionary<string, int> _accounts = [];

    public ItemGraph Graph { get; } = new();

    /// <summary>New accounts by who brought them.</summary>
    public AccountWindow Brought { get; } = new();

    /// <summary>Accounts by network.</summary>
    public AccountWindow Networks { get; } = new();

    /// <summary>Associations that count.</summary>
    public long Counted { get; private set; }

    public ItemNode? Find(string id) => _nodes.GetValueOrDefault(id);

    public ItemNode? ByNonce(string nonce) => _byNonce.GetValueOrDefault(nonce);

    /// <summary>The association that an account has by the same code, or by its first scan; null for none.</summary>
    public ItemNode? Same(ItemNode? parent, string who) => _by.GetValueOrDefault((parent?.Id ?? None, who));

    public bool Knows(string who) => _accounts.ContainsKey(who);

    /// <summary>The number of accounts that one has brought.</summary>
    public int Referrals(string who) => _brought.GetValueOrDefault(who)?.Count ?? 0;

    /// <summary>Adds an association, and forgets the oldest beyond a number.</summary>
    /// <param name="chain">The key of the item's chain.</param>
    public void Add(ItemNode node, int most, string chain, IResults results)
    {
        Link(node);
        results.Remember(FieldOf(node), ValueOf(node));
        results.Put(chain, node.Id, $"{node.Parent ?? None} {node.Account}");
        while (_inOrder.Count > most)
        {
            ItemNode oldest = _inOrder.Dequeue();
            Unlink(oldest);
            results.Remember(FieldOf(oldest), null);
            results.Put(chain, oldest.Id, null);
        }
    }

    public void Restore(string id, string value)
    {
        string[] words = value.Split(' ');
        _restored.Add(
            new ItemNode(
                id,
                words[0] == None ? null : words[0],
                words[1],
                (int)Number(words[2]),
                Number(words[3]),
                Number(words[4]),
                words[5],
                Number(words[6]),
                words[7] == None ? null : words[7],
                words[8] == "1",
                words[9] == "1"
            )
        );
    }

    /// <summary>Links what was restored, in the order in which it came.</summary>
    public void Complete()
    {
        foreach (ItemNode node in _restored.OrderBy(node => node.Order))
        {
            Count(node, ReasonKind.MaxWindowMs, ReasonKind.MaxWindowMs);
            Link(node);
        }

        _restored.Clear();
    }

    /// <summary>Counts an association in the windows. Returns the new accounts that its parent's account has brought,
    /// and those of its network.</summary>
    public (int Brought, int Network) Count(ItemNode node, long burstMs, long networkMs)
    {
        ItemNode? parent = ParentOf(node);
        return (
            node.IsNew && parent != null ? Brought.Add(parent.Who, node.Who, node.Time, burstMs) : 0,
            node.Network == null ? 0 : Networks.Add(node.Network, node.Who, node.Time, networkMs)
        );
    }

    private ItemNode? ParentOf(ItemNode node) => node.Parent == null ? null : _nodes.GetValueOrDefault(node.Parent);

    private void Link(ItemNode node)
    {
        _nodes[node.Id] = node;
        _byNonce[node.Nonce] = node;
        _by.TryAdd((node.Parent ?? None, node.Who), node);
        _inOrder.Enqueue(node);
        _accounts[node.Who] = _accounts.GetValueOrDefault(node.Who) + 1;
        Counted += node.IsSuspect ? 0 : 1;
        if (ParentOf(node) is not { } parent)
        {
            return;
        }

        Graph.Add(parent.Who, node.Who);
        if (!_children.TryGetValue(parent.Id, out List<ItemNode>? children))
        {
            _children[parent.Id] = children = [];
        }

        children.Add(node);
        if (!node.IsSuspect)
        {
            Change(_brought, parent.Who, node.Who, 1);
        }
    }

    private void Unlink(ItemNode node)
    {
        _nodes.Remove(node.Id);
        _byNonce.Remove(node.Nonce);
        if (_by.GetValueOrDefault((node.Parent ?? None, node.Who)) == node)
        {
            _by.Remove((node.Parent ?? None, node.Who));
        }

        if (--_accounts[node.Who] == 0)
        {
            _accounts.Remove(node.Who);
        }

        Counted -= node.IsSuspect ? 0 : 1;
        if (node.Network != null)
        {
            Networks.Remove(node.Network, node.Who, node.Time);
        }

        foreach (ItemNode child in _children.GetValueOrDefault(node.Id) ?? [])
        {
            Graph.Remove(node.Who, child.Who);
            Brought.Remove(node.Who, child.Who, child.Time);
            if (!child.IsSuspect)
            {
                Change(_brought, node.Who, child.Who, -1);
            }
        }

        _children.Remove(node.Id);
    }

    private static void Change(Dictionary<string, Dictionary<string, int>> counts, string key, string one, int by)
    {
        if (!counts.TryGetValue(key, out Dictionary<string, int>? of))
        {
            counts[key] = of = [];
        }

        of[one] = of.GetValueOrDefault(one) + by;
        if (of[one] == 0)
        {
            of.Remove(one);
        }

        if (of.Count == 0)
        {
            counts.Remove(key);
        }
    }

    private string FieldOf(ItemNode node) => $"{Word} {item} {node.Id}";

    private static string ValueOf(ItemNode node) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{node.Parent ?? None} {node.Account} {node.Depth} {node.Time} {node.Order} {node.Nonce} {node.Expires} "
                + $"{node.Network ?? None} {(node.IsNew ? 1 : 0)} {(node.IsSuspect ? 1 : 0)}"
        );

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}

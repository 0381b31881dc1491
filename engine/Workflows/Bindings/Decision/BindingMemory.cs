using System.Globalization;
using Engine.Workflows.Bindings.Codes;
using Engine.Workflows.Module;

namespace Engine.Workflows.Bindings.Decision;

/// <summary>Used codes, until they expire: <c>nonce &lt;nonce&gt;</c> → <c>&lt;expires&gt; &lt;binding&gt;</c>. A code
/// that has expired by log time is refused for that reason, so its nonce can be forgotten.</summary>
internal sealed class UsedCodes
{
    public const string Word = "nonce";

    private readonly Dictionary<string, string> _by = [];
    private readonly PriorityQueue<string, long> _expiring = new();

    /// <summary>The binding that used a code, or null.</summary>
    public string? By(string nonce) => _by.GetValueOrDefault(nonce);

    public void Add(OperationBindingCode code, string binding, IResults results)
    {
        Keep(code.Nonce, code.Expires, binding);
        results.Remember($"{Word} {code.Nonce}", $"{Text(code.Expires)} {binding}");
    }

    public void Restore(string field, string value)
    {
        string[] words = value.Split(' ');
        Keep(field.Split(' ')[1], Number(words[0]), words[1]);
    }

    public void Forget(long logTime, IResults results)
    {
        while (_expiring.TryPeek(out string? nonce, out long expires) && expires <= logTime)
        {
            _expiring.Dequeue();
            _by.Remove(nonce);
            results.Remember($"{Word} {nonce}", null);
        }
    }

    private void Keep(string nonce, long expires, string binding)
    {
        _by[nonce] = binding;
        _expiring.Enqueue(nonce, expires);
    }

    internal static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    internal static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Counts the bindings of each pair of accounts on a page, in either order: <c>pair &lt;page&gt;
/// &lt;account&gt; &lt;account&gt;</c> → <c>&lt;last&gt; [&lt;start&gt;:&lt;count&gt; …]</c>. The window slides by hops
/// of a 24th of its length, so it covers between its length less one hop and its length.</summary>
internal sealed class PairWindow
{
    public const string Word = "pair";

    private const int WindowBuckets = 24;

    private sealed record Entry(long Last, (long Start, long Count)[] WindowBuckets);

    private readonly Dictionary<string, Entry> _pairs = [];
    private readonly PriorityQueue<string, long> _ageing = new();

    /// <summary>Counts a binding. Returns the number of bindings in the window, including this one.</summary>
    public long Add(string page, string first, string second, long logTime, long window, IResults results)
    {
        bool inOrder = string.CompareOrdinal(first, second) <= 0;
        string field = $"{Word} {page} {(inOrder ? first : second)} {(inOrder ? second : first)}";
        long hop = Math.Max(1, window / WindowBuckets),
            start = logTime / hop * hop;
        List<(long Start, long Count)> hops =
        [
            .. _pairs.TryGetValue(field, out Entry? entry)
                ? entry.WindowBuckets.Where(one => one.Start > logTime - window)
                : [],
        ];
        // A changed setting may lengthen the hops: then continue the one that has begun.
        if (hops.Count > 0 && hops[^1].Start >= start)
        {
            hops[^1] = (hops[^1].Start, hops[^1].Count + 1);
        }
        else
        {
            hops.Add((start, 1));
        }

        Keep(field, new Entry(logTime, [.. hops]));
        results.Remember(
            field,
            $"{UsedCodes.Text(logTime)} "
                + $"{string.Join(' ', hops.Select(one => $"{UsedCodes.Text(one.Start)}:{UsedCodes.Text(one.Count)}"))}"
        );
        return hops.Sum(one => one.Count);
    }

    public void Restore(string field, string value)
    {
        string[] words = value.Split(' ');
        Keep(
            field,
            new Entry(
                UsedCodes.Number(words[0]),
                [
                    .. words
                        .Skip(1)
                        .Select(word => word.Split(':'))
                        .Select(parts => (UsedCodes.Number(parts[0]), UsedCodes.Number(parts[1]))),
                ]
            )
        );
    }

    /// <summary>Forgets pairs whose last binding is at or before a log time.</summary>
    public void Forget(long before, IResults results)
    {
        while (_ageing.TryPeek(out string? field, out long last) && last <= before)
        {
            _ageing.Dequeue();
            if (!_pairs.TryGetValue(field, out Entry? entry) || entry.Last != last)
            {
                continue;
            }

            _pairs.Remove(field);
            results.Remember(field, null);
        }
    }

    private void Keep(string field, Entry entry)
    {
        _pairs[field] = entry;
        _ageing.Enqueue(field, entry.Last);
    }
}

/// <summary>The second accounts seen behind each network on a page: <c>network &lt;page&gt; &lt;cidr&gt;
/// &lt;account&gt;</c> → <c>&lt;last&gt;</c>.</summary>
internal sealed class NetworkWindow
{
    public const string Word = "network";

    private readonly Dictionary<(string Page, string Network), Dictionary<string, long>> _networks = [];
    private readonly PriorityQueue<(string Page, string Network, string Account), long> _ageing = new();

    /// <summary>Adds an account. Returns the number of distinct accounts in the window.</summary>
    public int Add(string page, string network, string account, long logTime, IResults results)
    {
        results.Remember($"{Word} {page} {network} {account}", UsedCodes.Text(logTime));
        return Keep(page, network, account, logTime);
    }

    public void Restore(string field, string value)
    {
        string[] words = field.Split(' ');
        Keep(words[1], words[2], words[3], UsedCodes.Number(value));
    }

    /// <summary>Forgets accounts last seen at or before a log time.</summary>
    public void Forget(long before, IResults results)
    {
        while (_ageing.TryPeek(out (string Page, string Network, string Account) seen, out long last) && last <= before)
        {
            _ageing.Dequeue();
            if (
                !_networks.TryGetValue((seen.Page, seen.Network), out Dictionary<string, long>? accounts)
                || accounts.GetValueOrDefault(seen.Account) != last
            )
            {
                continue;
            }

            accounts.Remove(seen.Account);
            if (accounts.Count == 0)
            {
                _networks.Remove((seen.Page, seen.Network));
            }

            results.Remember($"{Word} {seen.Page} {seen.Network} {seen.Account}", null);
        }
    }

    private int Keep(string page, string network, string account, long last)
    {
        if (!_networks.TryGetValue((page, network), out Dictionary<string, long>? accounts))
        {
            _networks[(page, network)] = accounts = [];
        }

        accounts[account] = last;
        _ageing.Enqueue((page, network, account), last);
        return accounts.Count;
    }
}

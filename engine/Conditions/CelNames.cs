using System.Collections;

namespace Engine.Conditions;

/// <summary>One name a condition may use.</summary>
/// <param name="Name">Dotted, as <c>click.publisher</c>.</param>
/// <param name="Type">Its static type.</param>
/// <param name="About">What it is, for documentation: a short phrase with its unit.</param>
/// <param name="Slot">What <see cref="ICelBindings.Get"/> is asked for.</param>
public sealed record CelName(string Name, CelType Type, string About, int Slot);

/// <summary>
/// The documented table of what a condition may name. Filled once at start with <see cref="Add"/>, then only read (by
/// any thread). Slots count from 0 in the order of adding.
/// </summary>
public sealed class CelNames : IEnumerable<CelName>
{
    /// <summary>Names that an error proposes at most.</summary>
    private const int MaxProposals = 3;

    /// <summary>
    /// Characters of a name up to which near ones are sought: the search takes time in the product of lengths.
    /// </summary>
    private const int LongestProposedFor = 100;

    private readonly List<CelName> _bySlot = [];
    private readonly Dictionary<string, CelName> _byName = new(StringComparer.Ordinal);

    /// <summary>How many names there are; slots are below it.</summary>
    public int Count => _bySlot.Count;

    /// <summary>The name with this slot.</summary>
    public CelName this[int slot] => _bySlot[slot];

    /// <summary>Declares a name and gives its slot.</summary>
    /// <exception cref="ArgumentException">The name is there already, or is none: names are dotted
    /// identifiers.</exception>
    public int Add(string name, CelType type, string about)
    {
        if (!IsDottedName(name))
        {
            throw new ArgumentException($"expected a dotted name as click.publisher, this is '{name}'", nameof(name));
        }
        return AddUnchecked(name, type, about);
    }

    /// <summary>Finds a name.</summary>
    public bool TryGet(string name, out CelName? found) => _byName.TryGetValue(name, out found);

    /// <summary>
    /// The names most like <paramref name="name"/>, nearest first, and those of the group it names; for errors.
    /// </summary>
    public IReadOnlyList<string> Near(string name)
    {
        if (name.Length > LongestProposedFor)
        {
            return [];
        }
        string group = name + ".";
        // A third of the letters may differ: more, and a proposal is noise.
        int most = Math.Max(2, name.Length / 3);
        return
        [
            .. _bySlot
                .Select(candidate =>
                    (
                        candidate.Name,
                        Distance: candidate.Name.StartsWith(group, StringComparison.Ordinal)
                            ? 0
                            : Distance(name, candidate.Name)
                    )
                )
                .Where(candidate => candidate.Distance <= most)
                .OrderBy(candidate => candidate.Distance)
                .ThenBy(candidate => candidate.Name, StringComparer.Ordinal)
                .Take(MaxProposals)
                .Select(candidate => candidate.Name),
        ];
    }

    /// <inheritdoc/>
    public IEnumerator<CelName> GetEnumerator() => _bySlot.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>
    /// As <see cref="Add"/>, for names that come from outside (bindings of <c>eval</c>) and may be anything.
    /// </summary>
    internal int AddUnchecked(string name, CelType type, string about)
    {
        CelName added = new(name, type, about, _bySlot.Count);
        if (!_byName.TryAdd(name, added))
        {
            throw new ArgumentException($"the name '{name}' is declared already", nameof(name));
        }
        _bySlot.Add(added);
        return added.Slot;
    }

    private static bool IsDottedName(string name) =>
        name.Split('.')
            .All(part =>
                part.Length > 0
                && !char.IsAsciiDigit(part[0])
                && part.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')
            );

    /// <summary>Levenshtein's distance.</summary>
    private static int Distance(string left, string right)
    {
        int[] row = [.. Enumerable.Range(0, right.Length + 1)];
        for (int i = 0; i < left.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i + 1;
            for (int j = 0; j < right.Length; j++)
            {
                int replaced = diagonal + (left[i] == right[j] ? 0 : 1);
                diagonal = row[j + 1];
                row[j + 1] = Math.Min(replaced, Math.Min(row[j], diagonal) + 1);
            }
        }
        return row[right.Length];
    }
}

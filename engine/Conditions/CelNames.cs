using System.Collections;

namespace Engine.Conditions;

/// <summary>A name that a condition may use.</summary>
/// <param name="Name">The name, with dots: <c>click.publisher</c>.</param>
/// <param name="Type">The static type of its value.</param>
/// <param name="About">A short description with the unit, for the docs.</param>
/// <param name="Slot">The slot that <see cref="ICelBindings.Get"/> gets.</param>
/// <param name="Fold">How the texts of a list are folded, so that literals that are looked for in it are folded alike;
/// null for not at all. An empty result is a mistake.</param>
public sealed record CelName(string Name, CelType Type, string About, int Slot, Func<string, string>? Fold = null);

/// <summary>The documented table of names that a condition may use. Fill it once at startup with <see cref="Add"/>;
/// after that, any thread may read it. Slots count from 0 in the order of adding.</summary>
public sealed class CelNames : IEnumerable<CelName>
{
    /// <summary>The maximum number of names that an error suggests.</summary>
    private const int MaxProposals = 3;

    /// <summary>The maximum length of a name to search suggestions for: the search takes time proportional to the
    /// product of the lengths.</summary>
    private const int MaxLengthForProposals = 100;

    private readonly List<CelName> _bySlot = [];
    private readonly Dictionary<string, CelName> _byName = new(StringComparer.Ordinal);

    /// <summary>Whether what can't tell anything is a mistake: an empty list, and a pattern that matches the empty
    /// text.</summary>
    public bool RefusesEmpty { get; init; }

    /// <summary>The number of names. Slots are below it.</summary>
    public int Count => _bySlot.Count;

    /// <summary>Gets the name with a slot.</summary>
    public CelName this[int slot] => _bySlot[slot];

    /// <summary>Declares a name. Returns its slot.</summary>
    /// <exception cref="ArgumentException">The name is a duplicate, or isn't a dotted identifier.</exception>
    public int Add(string name, CelType type, string about)
    {
        if (!IsDottedName(name))
        {
            throw new ArgumentException($"expected a dotted name such as click.publisher, got '{name}'", nameof(name));
        }
        return AddUnchecked(name, type, about);
    }

    /// <summary>Declares the name of a list of folded texts. Returns its slot.</summary>
    /// <param name="fold">Folds a literal as the texts of the list are folded.</param>
    public int AddFolded(string name, string about, Func<string, string> fold)
    {
        int slot = Add(name, CelType.List, about);
        _bySlot[slot] = _bySlot[slot] with { Fold = fold };
        _byName[name] = _bySlot[slot];
        return slot;
    }

    /// <summary>Finds a name.</summary>
    public bool TryGet(string name, out CelName? found) => _byName.TryGetValue(name, out found);

    /// <summary>Gets suggestions for an error: the names most similar to <paramref name="name"/>, nearest first, and
    /// the names in the group that it names.</summary>
    public IReadOnlyList<string> Near(string name)
    {
        if (name.Length > MaxLengthForProposals)
        {
            return [];
        }
        string group = name + ".";
        // Up to a third of the letters may differ: beyond that, a suggestion is noise.
        int maxDistance = Math.Max(2, name.Length / 3);
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
                .Where(candidate => candidate.Distance <= maxDistance)
                .OrderBy(candidate => candidate.Distance)
                .ThenBy(candidate => candidate.Name, StringComparer.Ordinal)
                .Take(MaxProposals)
                .Select(candidate => candidate.Name),
        ];
    }

    /// <inheritdoc/>
    public IEnumerator<CelName> GetEnumerator() => _bySlot.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Like <see cref="Add"/>, for arbitrary names from outside (bindings of <c>eval</c>).</summary>
    internal int AddUnchecked(string name, CelType type, string about)
    {
        CelName added = new(name, type, about, _bySlot.Count);
        if (!_byName.TryAdd(name, added))
        {
            throw new ArgumentException($"the name '{name}' is already declared", nameof(name));
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

    /// <summary>Computes the Levenshtein distance.</summary>
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

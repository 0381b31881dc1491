using Engine.Conditions.Evaluation;
using Engine.Conditions.Syntax;

namespace Engine.Conditions.Checking;

/// <summary>Resolves names: the variables of the enclosing macros, and the declared names.</summary>
internal sealed class Scope(CelNames names)
{
    private readonly List<(string Name, StaticType Type)> _locals = [];
    private readonly SortedSet<int> _slots = [];
    private readonly List<(int Slot, string Text)> _sought = [];

    /// <summary>The maximum number of macro variables in scope at once.</summary>
    public int MaxLocals { get; private set; }

    /// <summary>The slots of the names that are read.</summary>
    public int[] Slots => [.. _slots];

    /// <summary>See <see cref="CelNames.RefusesEmpty"/>.</summary>
    public bool RefusesEmpty => names.RefusesEmpty;

    /// <summary>Declares a macro's variable until <see cref="Leave"/>. Returns its index in the frame.</summary>
    public int Enter(string name, StaticType type)
    {
        _locals.Add((name, type));
        MaxLocals = Math.Max(MaxLocals, _locals.Count);
        return _locals.Count - 1;
    }

    /// <summary>Removes the variable that was declared last.</summary>
    public void Leave() => _locals.RemoveAt(_locals.Count - 1);

    public bool IsLocal(Identifier identifier) => !identifier.Root && FindLocal(identifier.Name) is not null;

    public Typed? FindLocal(string name)
    {
        int index = _locals.FindLastIndex(local => local.Name == name);
        return index < 0 ? null : new Typed(new LocalNode(index), _locals[index].Type);
    }

    /// <summary>Whether a dotted name is declared.</summary>
    public bool IsDeclared(string dotted) => names.TryGet(dotted, out _);

    /// <summary>Gets the declared name, if it is one, and records that it is read.</summary>
    public bool TryRead(string dotted, out CelName? declared)
    {
        if (!names.TryGet(dotted, out declared))
        {
            return false;
        }
        _slots.Add(declared!.Slot);
        return true;
    }

    /// <summary>The folded literals that are looked for in lists.</summary>
    public IReadOnlyList<(int Slot, string Text)> Sought => _sought;

    /// <summary>Records that a literal is looked for in the list of a name.</summary>
    public void Seek(int slot, string text) => _sought.Add((slot, text));

    /// <summary>See <see cref="CelName.Fold"/>.</summary>
    public Func<string, string>? FoldOf(int slot) => names[slot].Fold;

    /// <summary>Gets declared names that are similar to this one.</summary>
    public IReadOnlyList<string> Near(string name) => names.Near(name);
}

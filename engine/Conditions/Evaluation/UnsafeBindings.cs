using System.Runtime.CompilerServices;

namespace Engine.Conditions.Evaluation;

/// <summary>Bindings of any type, without boxing and without making every node's Evaluate generic (a generic virtual
/// call costs a look-up each time). Holds a reference to the caller's bindings and a function that knows their type.
/// Tests check it against the safe twin, direct calls of <see cref="ICelBindings"/>.</summary>
internal unsafe ref struct UnsafeBindings
{
    private ref byte _bindings;
    private readonly delegate*<ref byte, int, CelValue> _get;

    private UnsafeBindings(ref byte bindings, delegate*<ref byte, int, CelValue> get)
    {
        _bindings = ref bindings;
        _get = get;
    }

    /// <summary>Creates a reference to <paramref name="bindings"/>, which must outlive it.</summary>
    public static UnsafeBindings To<T>(ref T bindings)
        where T : ICelBindings => new(ref Unsafe.As<T, byte>(ref bindings), &Read<T>);

    /// <summary>Gets the value of a name.</summary>
    public readonly CelValue Get(int slot) => _get(ref _bindings, slot);

    private static CelValue Read<T>(ref byte bindings, int slot)
        where T : ICelBindings => Unsafe.As<byte, T>(ref bindings).Get(slot);
}

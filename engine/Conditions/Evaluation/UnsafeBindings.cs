using System.Runtime.CompilerServices;

namespace Engine.Conditions.Evaluation;

/// <summary>
/// Bindings of any type without boxing and without making every node's Evaluate generic (a generic virtual call costs a
/// look-up each time): a reference to the caller's bindings, and the function that knows their type again. The safe
/// twin, <see cref="ICelBindings"/> called directly, is what the tests hold it against.
/// </summary>
internal unsafe ref struct UnsafeBindings
{
    private ref byte _bindings;
    private readonly delegate*<ref byte, int, CelValue> _get;

    private UnsafeBindings(ref byte bindings, delegate*<ref byte, int, CelValue> get)
    {
        _bindings = ref bindings;
        _get = get;
    }

    /// <summary>Refers to <paramref name="bindings"/>, which must live as long as this does.</summary>
    public static UnsafeBindings To<T>(ref T bindings)
        where T : ICelBindings => new(ref Unsafe.As<T, byte>(ref bindings), &Read<T>);

    /// <summary>The value of a name.</summary>
    public readonly CelValue Get(int slot) => _get(ref _bindings, slot);

    private static CelValue Read<T>(ref byte bindings, int slot)
        where T : ICelBindings => Unsafe.As<byte, T>(ref bindings).Get(slot);
}

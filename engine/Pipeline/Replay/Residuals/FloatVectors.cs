using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Pipeline.Replay.Residuals;

/// <summary>A vector of floats. Each lane follows IEEE arithmetic, nothing is fused, and lanes don't interact. So
/// results are equal bit for bit at any width, and <see cref="Float1Vector"/> is the scalar counterpart of all
/// others.</summary>
internal interface IFloatVector<TSelf>
    where TSelf : struct, IFloatVector<TSelf>
{
    static abstract int Count { get; }

    static abstract TSelf Of(float value);

    static abstract TSelf Load(ref readonly float from);

    static abstract TSelf operator +(TSelf a, TSelf b);

    static abstract TSelf operator -(TSelf a, TSelf b);

    static abstract TSelf operator *(TSelf a, TSelf b);

    static abstract TSelf operator /(TSelf a, TSelf b);

    static abstract TSelf Min(TSelf a, TSelf b);

    static abstract TSelf Max(TSelf a, TSelf b);

    void Store(ref float to);
}

internal readonly struct Float1Vector(float value) : IFloatVector<Float1Vector>
{
    private readonly float _value = value;

    public static int Count => 1;

    public static Float1Vector Of(float value) => new(value);

    public static Float1Vector Load(ref readonly float from) => new(from);

    public static Float1Vector operator +(Float1Vector a, Float1Vector b) => new(a._value + b._value);

    public static Float1Vector operator -(Float1Vector a, Float1Vector b) => new(a._value - b._value);

    public static Float1Vector operator *(Float1Vector a, Float1Vector b) => new(a._value * b._value);

    public static Float1Vector operator /(Float1Vector a, Float1Vector b) => new(a._value / b._value);

    public static Float1Vector Min(Float1Vector a, Float1Vector b) => new(Math.Min(a._value, b._value));

    public static Float1Vector Max(Float1Vector a, Float1Vector b) => new(Math.Max(a._value, b._value));

    public void Store(ref float to) => to = _value;
}

internal readonly struct Float4Vector(Vector128<float> value) : IFloatVector<Float4Vector>
{
    private readonly Vector128<float> _value = value;

    public static int Count => 4;

    public static Float4Vector Of(float value) => new(Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float4Vector Load(ref readonly float from) => new(Vector128.LoadUnsafe(in from));

    public static Float4Vector operator +(Float4Vector a, Float4Vector b) => new(a._value + b._value);

    public static Float4Vector operator -(Float4Vector a, Float4Vector b) => new(a._value - b._value);

    public static Float4Vector operator *(Float4Vector a, Float4Vector b) => new(a._value * b._value);

    public static Float4Vector operator /(Float4Vector a, Float4Vector b) => new(a._value / b._value);

    public static Float4Vector Min(Float4Vector a, Float4Vector b) => new(Vector128.Min(a._value, b._value));

    public static Float4Vector Max(Float4Vector a, Float4Vector b) => new(Vector128.Max(a._value, b._value));

    public void Store(ref float to) => _value.StoreUnsafe(ref to);
}

internal readonly struct Float8Vector(Vector256<float> value) : IFloatVector<Float8Vector>
{
    private readonly Vector256<float> _value = value;

    public static int Count => 8;

    public static Float8Vector Of(float value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float8Vector Load(ref readonly float from) => new(Vector256.LoadUnsafe(in from));

    public static Float8Vector operator +(Float8Vector a, Float8Vector b) => new(a._value + b._value);

    public static Float8Vector operator -(Float8Vector a, Float8Vector b) => new(a._value - b._value);

    public static Float8Vector operator *(Float8Vector a, Float8Vector b) => new(a._value * b._value);

    public static Float8Vector operator /(Float8Vector a, Float8Vector b) => new(a._value / b._value);

    public static Float8Vector Min(Float8Vector a, Float8Vector b) => new(Vector256.Min(a._value, b._value));

    public static Float8Vector Max(Float8Vector a, Float8Vector b) => new(Vector256.Max(a._value, b._value));

    public void Store(ref float to) => _value.StoreUnsafe(ref to);
}

internal readonly struct Float16Vector(Vector512<float> value) : IFloatVector<Float16Vector>
{
    private readonly Vector512<float> _value = value;

    public static int Count => 16;

    public static Float16Vector Of(float value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float16Vector Load(ref readonly float from) => new(Vector512.LoadUnsafe(in from));

    public static Float16Vector operator +(Float16Vector a, Float16Vector b) => new(a._value + b._value);

    public static Float16Vector operator -(Float16Vector a, Float16Vector b) => new(a._value - b._value);

    public static Float16Vector operator *(Float16Vector a, Float16Vector b) => new(a._value * b._value);

    public static Float16Vector operator /(Float16Vector a, Float16Vector b) => new(a._value / b._value);

    public static Float16Vector Min(Float16Vector a, Float16Vector b) => new(Vector512.Min(a._value, b._value));

    public static Float16Vector Max(Float16Vector a, Float16Vector b) => new(Vector512.Max(a._value, b._value));

    public void Store(ref float to) => _value.StoreUnsafe(ref to);
}

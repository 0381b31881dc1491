using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Engine.Pipeline.Replay.Residuals;

/// <summary>
/// Some floats at once. The arithmetic is IEEE's in each lane, nothing is fused, and no lane meets another: whatever
/// the width, results are equal bit for bit, and <see cref="Lane1"/> is the scalar twin of all others.
/// </summary>
internal interface ILane<TSelf>
    where TSelf : struct, ILane<TSelf>
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

internal readonly struct Lane1(float value) : ILane<Lane1>
{
    private readonly float _value = value;

    public static int Count => 1;

    public static Lane1 Of(float value) => new(value);

    public static Lane1 Load(ref readonly float from) => new(from);

    public static Lane1 operator +(Lane1 a, Lane1 b) => new(a._value + b._value);

    public static Lane1 operator -(Lane1 a, Lane1 b) => new(a._value - b._value);

    public static Lane1 operator *(Lane1 a, Lane1 b) => new(a._value * b._value);

    public static Lane1 operator /(Lane1 a, Lane1 b) => new(a._value / b._value);

    public static Lane1 Min(Lane1 a, Lane1 b) => new(Math.Min(a._value, b._value));

    public static Lane1 Max(Lane1 a, Lane1 b) => new(Math.Max(a._value, b._value));

    public void Store(ref float to) => to = _value;
}

internal readonly struct Lane4(Vector128<float> value) : ILane<Lane4>
{
    private readonly Vector128<float> _value = value;

    public static int Count => 4;

    public static Lane4 Of(float value) => new(Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane4 Load(ref readonly float from) => new(Vector128.LoadUnsafe(in from));

    public static Lane4 operator +(Lane4 a, Lane4 b) => new(a._value + b._value);

    public static Lane4 operator -(Lane4 a, Lane4 b) => new(a._value - b._value);

    public static Lane4 operator *(Lane4 a, Lane4 b) => new(a._value * b._value);

    public static Lane4 operator /(Lane4 a, Lane4 b) => new(a._value / b._value);

    public static Lane4 Min(Lane4 a, Lane4 b) => new(Vector128.Min(a._value, b._value));

    public static Lane4 Max(Lane4 a, Lane4 b) => new(Vector128.Max(a._value, b._value));

    public void Store(ref float to) => _value.StoreUnsafe(ref to);
}

internal readonly struct Lane8(Vector256<float> value) : ILane<Lane8>
{
    private readonly Vector256<float> _value = value;

    public static int Count => 8;

    public static Lane8 Of(float value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane8 Load(ref readonly float from) => new(Vector256.LoadUnsafe(in from));

    public static Lane8 operator +(Lane8 a, Lane8 b) => new(a._value + b._value);

    public static Lane8 operator -(Lane8 a, Lane8 b) => new(a._value - b._value);

    public static Lane8 operator *(Lane8 a, Lane8 b) => new(a._value * b._value);

    public static Lane8 operator /(Lane8 a, Lane8 b) => new(a._value / b._value);

    public static Lane8 Min(Lane8 a, Lane8 b) => new(Vector256.Min(a._value, b._value));

    public static Lane8 Max(Lane8 a, Lane8 b) => new(Vector256.Max(a._value, b._value));

    public void Store(ref float to) => _value.StoreUnsafe(ref to);
}

internal readonly struct Lane16(Vector512<float> value) : ILane<Lane16>
{
    private readonly Vector512<float> _value = value;

    public static int Count => 16;

    public static Lane16 Of(float value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lane16 Load(ref readonly float from) => new(Vector512.LoadUnsafe(in from));

    public static Lane16 operator +(Lane16 a, Lane16 b) => new(a._value + b._value);

    public static Lane16 operator -(Lane16 a, Lane16 b) => new(a._value - b._value);

    public static Lane16 operator *(Lane16 a, Lane16 b) => new(a._value * b._value);

    public static Lane16 operator /(Lane16 a, Lane16 b) => new(a._value / b._value);

    public static Lane16 Min(Lane16 a, Lane16 b) => new(Vector512.Min(a._value, b._value));

    public static Lane16 Max(Lane16 a, Lane16 b) => new(Vector512.Max(a._value, b._value));

    public void Store(ref float to) => _value.StoreUnsafe(ref to);
}

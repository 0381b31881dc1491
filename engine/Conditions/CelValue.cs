using System.Globalization;
using System.Runtime.CompilerServices;

namespace Engine.Conditions;

/// <summary>One value of the language: a kind, 64 bits and an object, 24 bytes in all. Only text, lists, maps and
/// errors use the object, so other values don't allocate. Equality is the language's: numbers are equal across int and
/// double, NaN equals nothing, and values of different kinds are unequal.</summary>
public readonly struct CelValue : IEquatable<CelValue>
{
    /// <summary>Nanoseconds in a second.</summary>
    internal const long NanosPerSecond = 1_000_000_000;

    /// <summary>0001-01-01T00:00:00Z in seconds since 1970: the first instant of the language.</summary>
    internal const long FirstSecond = -62_135_596_800;

    /// <summary>9999-12-31T23:59:59Z in seconds since 1970: the last second of the language.</summary>
    internal const long LastSecond = 253_402_300_799;

    private readonly object? _object;
    private readonly long _bits;
    private readonly int _nanos;
    private readonly CelKind _kind;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private CelValue(CelKind kind, long bits, object? held = null, int nanos = 0)
    {
        _object = held;
        _bits = bits;
        _nanos = nanos;
        _kind = kind;
    }

    /// <summary>The kind of the value.</summary>
    public CelKind Kind => _kind;

    /// <summary>The answer for a name that has no value at the moment. Using it is the error "no such attribute";
    /// <c>has()</c> of it is false.</summary>
    public static CelValue Absent => default;

    /// <summary>null.</summary>
    public static CelValue Null => new(CelKind.Null, 0);

    /// <summary>true.</summary>
    public static CelValue True => new(CelKind.Bool, 1);

    /// <summary>false.</summary>
    public static CelValue False => new(CelKind.Bool, 0);

    /// <summary>An int.</summary>
    public static CelValue Of(long value) => new(CelKind.Int, value);

    /// <summary>A double.</summary>
    public static CelValue Of(double value) => new(CelKind.Double, BitConverter.DoubleToInt64Bits(value));

    /// <summary>A bool.</summary>
    public static CelValue Of(bool value) => new(CelKind.Bool, value ? 1 : 0);

    /// <summary>A string, or <see cref="Absent"/> for a null reference.</summary>
    public static CelValue Of(string? value) => value is null ? default : new(CelKind.String, 0, value);

    /// <summary>A list.</summary>
    public static CelValue Of(CelList value) => new(CelKind.List, 0, value);

    /// <summary>A map.</summary>
    public static CelValue Of(CelMap value) => new(CelKind.Map, 0, value);

    /// <summary>A list of elements.</summary>
    public static CelValue Of(IReadOnlyList<CelValue> elements) => Of(new CelList([.. elements]));

    /// <summary>A map with string keys.</summary>
    public static CelValue Of(IReadOnlyDictionary<string, CelValue> entries) => Of(CelMap.Of(entries));

    /// <summary>A timestamp: seconds since 1970-01-01T00:00:00Z and nanoseconds into that second (0 to
    /// 999999999).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is before year 1 or after year 9999, or the nanoseconds
    /// are out of range.</exception>
    public static CelValue Timestamp(long seconds, int nanos = 0)
    {
        if (seconds is < FirstSecond or > LastSecond)
        {
            throw new ArgumentOutOfRangeException(nameof(seconds), seconds, "a timestamp must be in years 1 to 9999");
        }
        if (nanos is < 0 or >= (int)NanosPerSecond)
        {
            throw new ArgumentOutOfRangeException(nameof(nanos), nanos, "nanoseconds must be 0 to 999999999");
        }
        return new CelValue(CelKind.Timestamp, seconds, null, nanos);
    }

    /// <summary>A duration of seconds and nanoseconds, both of the same sign; about 292 years at most.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The duration doesn't fit in 64 bits of nanoseconds.</exception>
    public static CelValue Duration(long seconds, int nanos = 0)
    {
        Int128 total = (Int128)seconds * NanosPerSecond + nanos;
        if (total < long.MinValue || total > long.MaxValue)
        {
            throw new ArgumentOutOfRangeException(
                nameof(seconds),
                seconds,
                "a duration is at most about 292 years in either direction"
            );
        }
        return DurationOfNanos((long)total);
    }

    /// <summary>A duration in nanoseconds.</summary>
    public static CelValue DurationOfNanos(long nanos) => new(CelKind.Duration, nanos);

    /// <summary>A failed evaluation.</summary>
    public static CelValue Error(string message) => new(CelKind.Error, 0, message);

    /// <summary>Whether evaluation failed.</summary>
    public bool IsError => _kind <= CelKind.Error;

    /// <summary>Whether this is the boolean true.</summary>
    public bool IsTrue => _kind == CelKind.Bool && _bits != 0;

    /// <summary>Whether this is the boolean false.</summary>
    public bool IsFalse => _kind == CelKind.Bool && _bits == 0;

    /// <summary>Gets the bool.</summary>
    public bool AsBool => Expect(CelKind.Bool)._bits != 0;

    /// <summary>Gets the int.</summary>
    public long AsInt => Expect(CelKind.Int)._bits;

    /// <summary>Gets the double.</summary>
    public double AsDouble => BitConverter.Int64BitsToDouble(Expect(CelKind.Double)._bits);

    /// <summary>Gets the text.</summary>
    public string AsString => (string)Expect(CelKind.String)._object!;

    /// <summary>Gets the list.</summary>
    public CelList AsList => (CelList)Expect(CelKind.List)._object!;

    /// <summary>Gets the map.</summary>
    public CelMap AsMap => (CelMap)Expect(CelKind.Map)._object!;

    /// <summary>Gets the timestamp: seconds since 1970 and nanoseconds into that second.</summary>
    public (long Seconds, int Nanos) AsTimestamp => (Expect(CelKind.Timestamp)._bits, _nanos);

    /// <summary>Gets the duration in nanoseconds.</summary>
    public long AsDurationNanos => Expect(CelKind.Duration)._bits;

    /// <summary>Gets the reason why there is no value.</summary>
    public string AsError => _kind == CelKind.Absent ? "no such attribute" : (string)Expect(CelKind.Error)._object!;

    /// <summary>The 64 bits, without checking the kind: for code that has checked it.</summary>
    internal long Bits => _bits;

    /// <summary>The double, without checking the kind.</summary>
    internal double RawDouble => BitConverter.Int64BitsToDouble(_bits);

    /// <summary>The object, without checking the kind.</summary>
    internal object? Held => _object;

    /// <summary>The nanoseconds into the second, for a timestamp.</summary>
    internal int Nanos => _nanos;

    /// <summary>The value's weight against the evaluation's budget: 1, the length of a text, or everything that a list
    /// or a map holds.</summary>
    internal long Weight =>
        _kind switch
        {
            CelKind.String => 1 + Unsafe.As<string>(_object)!.Length,
            CelKind.List => Unsafe.As<CelList>(_object)!.Weight,
            CelKind.Map => Unsafe.As<CelMap>(_object)!.Weight,
            _ => 1,
        };

    /// <summary>The number of nested levels of lists and maps; 0 for any other value.</summary>
    internal int Levels =>
        _kind switch
        {
            CelKind.List => AsList.Levels,
            CelKind.Map => AsMap.Levels,
            _ => 0,
        };

    /// <inheritdoc/>
    public bool Equals(CelValue other) => CelOrder.AreEqual(this, other);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is CelValue other && Equals(other);

    /// <summary>Equal values have the same hash, including an int and the equal double.</summary>
    public override int GetHashCode() =>
        _kind switch
        {
            CelKind.Int => ((double)_bits).GetHashCode(),
            CelKind.Double => RawDouble.GetHashCode(),
            CelKind.String => ((string)_object!).GetHashCode(),
            CelKind.Timestamp => HashCode.Combine(_bits, _nanos),
            CelKind.List => HashCode.Combine(CelKind.List, AsList.Count),
            CelKind.Map => HashCode.Combine(CelKind.Map, AsMap.Count),
            _ => HashCode.Combine(_kind, _bits),
        };

    /// <summary>The language's ==.</summary>
    public static bool operator ==(CelValue left, CelValue right) => left.Equals(right);

    /// <summary>The language's !=.</summary>
    public static bool operator !=(CelValue left, CelValue right) => !left.Equals(right);

    /// <summary>Formats the value for logs and debuggers. For programs, use <see cref="CelJson"/>.</summary>
    public override string ToString() =>
        _kind switch
        {
            CelKind.Absent => "absent",
            CelKind.Error => "error: " + AsError,
            CelKind.Null => "null",
            CelKind.Bool => _bits != 0 ? "true" : "false",
            CelKind.Int => _bits.ToString(CultureInfo.InvariantCulture),
            CelKind.String => AsString,
            _ => CelJson.WriteTagged(this),
        };

    private CelValue Expect(CelKind kind) =>
        _kind == kind ? this : throw new InvalidOperationException($"expected a value of kind {kind}, got {_kind}");
}

using System.Globalization;
using System.Runtime.CompilerServices;

namespace Engine.Conditions;

/// <summary>
/// One value of the language: a kind, 64 bits and an object (24 bytes in all; only text, lists, maps and errors use the
/// object, so numbers, booleans, instants and spans are made without allocation). Equality is the language's: numbers
/// are equal across int and double, NaN is equal to nothing, values of different kinds are unequal.
/// </summary>
public readonly struct CelValue : IEquatable<CelValue>
{
    /// <summary>Nanoseconds in a second.</summary>
    internal const long NanosPerSecond = 1_000_000_000;

    /// <summary>0001-01-01T00:00:00Z in seconds since 1970, the first instant of the language.</summary>
    internal const long FirstSecond = -62_135_596_800;

    /// <summary>9999-12-31T23:59:59Z in seconds since 1970, the last second of the language.</summary>
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

    /// <summary>What is held.</summary>
    public CelKind Kind => _kind;

    /// <summary>
    /// A name's answer when it has no value right now: using it is the error "no such attribute", <c>has()</c> of it is
    /// false.
    /// </summary>
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

    /// <summary>A string; a null reference is <see cref="Absent"/>.</summary>
    public static CelValue Of(string? value) => value is null ? default : new(CelKind.String, 0, value);

    /// <summary>A list.</summary>
    public static CelValue Of(CelList value) => new(CelKind.List, 0, value);

    /// <summary>A map.</summary>
    public static CelValue Of(CelMap value) => new(CelKind.Map, 0, value);

    /// <summary>A list of these elements.</summary>
    public static CelValue Of(IReadOnlyList<CelValue> elements) => Of(new CelList([.. elements]));

    /// <summary>A map with text as keys.</summary>
    public static CelValue Of(IReadOnlyDictionary<string, CelValue> entries) => Of(CelMap.Of(entries));

    /// <summary>
    /// An instant: seconds since 1970-01-01T00:00:00Z and nanoseconds into that second (0 to 999999999).
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Before year 1, after year 9999, or nanoseconds out of
    /// range.</exception>
    public static CelValue Timestamp(long seconds, int nanos = 0)
    {
        if (seconds is < FirstSecond or > LastSecond)
        {
            throw new ArgumentOutOfRangeException(nameof(seconds), seconds, "an instant lies in the years 1 to 9999");
        }
        if (nanos is < 0 or >= (int)NanosPerSecond)
        {
            throw new ArgumentOutOfRangeException(nameof(nanos), nanos, "nanoseconds lie in 0 to 999999999");
        }
        return new CelValue(CelKind.Timestamp, seconds, null, nanos);
    }

    /// <summary>A span of seconds and nanoseconds, both of the same sign; about 292 years at most.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The span does not fit 64 bits of nanoseconds.</exception>
    public static CelValue Duration(long seconds, int nanos = 0)
    {
        Int128 total = (Int128)seconds * NanosPerSecond + nanos;
        if (total < long.MinValue || total > long.MaxValue)
        {
            throw new ArgumentOutOfRangeException(
                nameof(seconds),
                seconds,
                "a duration is at most about 292 years either way"
            );
        }
        return DurationOfNanos((long)total);
    }

    /// <summary>A span in nanoseconds.</summary>
    public static CelValue DurationOfNanos(long nanos) => new(CelKind.Duration, nanos);

    /// <summary>A failed evaluation.</summary>
    public static CelValue Error(string message) => new(CelKind.Error, 0, message);

    /// <summary>Whether evaluation failed.</summary>
    public bool IsError => _kind <= CelKind.Error;

    /// <summary>Whether this is the boolean true.</summary>
    public bool IsTrue => _kind == CelKind.Bool && _bits != 0;

    /// <summary>Whether this is the boolean false.</summary>
    public bool IsFalse => _kind == CelKind.Bool && _bits == 0;

    /// <summary>The bool.</summary>
    public bool AsBool => Expect(CelKind.Bool)._bits != 0;

    /// <summary>The int.</summary>
    public long AsInt => Expect(CelKind.Int)._bits;

    /// <summary>The double.</summary>
    public double AsDouble => BitConverter.Int64BitsToDouble(Expect(CelKind.Double)._bits);

    /// <summary>The text.</summary>
    public string AsString => (string)Expect(CelKind.String)._object!;

    /// <summary>The list.</summary>
    public CelList AsList => (CelList)Expect(CelKind.List)._object!;

    /// <summary>The map.</summary>
    public CelMap AsMap => (CelMap)Expect(CelKind.Map)._object!;

    /// <summary>The instant: seconds since 1970 and nanoseconds into that second.</summary>
    public (long Seconds, int Nanos) AsTimestamp => (Expect(CelKind.Timestamp)._bits, _nanos);

    /// <summary>The span in nanoseconds.</summary>
    public long AsDurationNanos => Expect(CelKind.Duration)._bits;

    /// <summary>Why there is no value.</summary>
    public string AsError => _kind == CelKind.Absent ? "no such attribute" : (string)Expect(CelKind.Error)._object!;

    /// <summary>The 64 bits without a look at the kind: for code that has looked.</summary>
    internal long Bits => _bits;

    /// <summary>The double without a look at the kind.</summary>
    internal double RawDouble => BitConverter.Int64BitsToDouble(_bits);

    /// <summary>The object without a look at the kind.</summary>
    internal object? Held => _object;

    /// <summary>Nanoseconds into the second, of an instant.</summary>
    internal int Nanos => _nanos;

    /// <summary>
    /// What a value weighs against the evaluation's budget: 1, a text's length, or all that a list or a map holds.
    /// </summary>
    internal long Weight =>
        _kind switch
        {
            CelKind.String => 1 + Unsafe.As<string>(_object)!.Length,
            CelKind.List => Unsafe.As<CelList>(_object)!.Weight,
            CelKind.Map => Unsafe.As<CelMap>(_object)!.Weight,
            _ => 1,
        };

    /// <summary>Levels of lists and maps within: 0 of any other value.</summary>
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

    /// <summary>Equal values hash alike, also an int and the double it equals.</summary>
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

    /// <summary>For logs and debuggers; <see cref="CelJson"/> writes values for programs.</summary>
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
        _kind == kind
            ? this
            : throw new InvalidOperationException($"expected a value of kind {kind}, this one is {_kind}");
}

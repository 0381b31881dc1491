namespace Engine.Conditions.Evaluation;

/// <summary>Arithmetic of timestamps and durations, with range checks.</summary>
internal static class Instants
{
    private static readonly CelValue InstantOutOfRange = CelValue.Error(
        "timestamp out of range: it must be in the years 1 to 9999"
    );
    private static readonly CelValue SpanOutOfRange = CelValue.Error(
        "duration out of range: it is at most about 292 years in either direction"
    );

    public static CelValue Add(in CelValue instant, Int128 nanos)
    {
        Int128 total = (Int128)instant.Bits * CelValue.NanosPerSecond + instant.Nanos + nanos;
        long seconds = (long)(total / CelValue.NanosPerSecond);
        int rest = (int)(total - (Int128)seconds * CelValue.NanosPerSecond);
        return rest < 0 ? At(seconds - 1, rest + (int)CelValue.NanosPerSecond) : At(seconds, rest);
    }

    public static CelValue At(long seconds, int nanos = 0) =>
        seconds is < CelValue.FirstSecond or > CelValue.LastSecond
            ? InstantOutOfRange
            : CelValue.Timestamp(seconds, nanos);

    public static CelValue Between(in CelValue later, in CelValue earlier) =>
        Span(((Int128)later.Bits - earlier.Bits) * CelValue.NanosPerSecond + later.Nanos - earlier.Nanos);

    public static CelValue Span(Int128 nanos) =>
        nanos == (long)nanos ? CelValue.DurationOfNanos((long)nanos) : SpanOutOfRange;
}

using NodaTime;
using NodaTime.TimeZones;

namespace Ingest.Calendars;

/// <summary>A time zone of a calendar. A local time that is skipped takes the offset from before the change, and one
/// that comes twice means the first (RFC 5545, 3.3.5).</summary>
internal abstract class CalendarZone
{
    /// <summary>The instant of a local time, in UTC.</summary>
    public abstract DateTime ToUtc(DateTime local);

    /// <summary>A zone of the IANA database.</summary>
    public static CalendarZone Of(DateTimeZone zone) => new DatabaseZone(zone);

    private sealed class DatabaseZone(DateTimeZone zone) : CalendarZone
    {
        private static readonly ZoneLocalMappingResolver Resolver = Resolvers.CreateMappingResolver(
            Resolvers.ReturnEarlier,
            Resolvers.ReturnForwardShifted
        );

        public override DateTime ToUtc(DateTime local) =>
            zone.ResolveLocal(LocalDateTime.FromDateTime(local), Resolver).ToDateTimeUtc();
    }
}

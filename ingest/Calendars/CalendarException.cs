namespace Ingest.Calendars;

/// <summary>A calendar, or a part of it, can't be used; the message says where and why.</summary>
internal sealed class CalendarException(string message) : Exception(message);

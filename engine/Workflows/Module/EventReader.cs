using System.Text.Json;
using Engine.Contracts;
using Engine.Contracts.Events;

namespace Engine.Workflows.Module;

/// <summary>Reads the fields of one event that <see cref="EventCheck"/> has checked against its schema: every required
/// field is present and within its bounds. CloudEvents headers win over payload fields of the same meaning. The decider
/// checks what a schema can't express (<see cref="Fail"/>).</summary>
public sealed class EventReader : FieldReader
{
    private readonly EventHeaders _headers;
    private readonly Func<string, string?> _header;

    /// <param name="root">The event.</param>
    /// <param name="type">Its type, which may come from a header.</param>
    /// <param name="headers">The event's attributes from the record's headers.</param>
    /// <param name="header">Returns a header of the record as text, or null.</param>
    public EventReader(JsonElement root, string type, in EventHeaders headers, Func<string, string?> header)
        : base(root) => (Type, _headers, _header) = (type, headers, header);

    /// <summary>The event's type.</summary>
    public string Type { get; }

    /// <summary>The first problem found, or <see cref="DeadLetterReason.None"/>.</summary>
    public DeadLetterReason Reason { get; private set; }

    /// <summary>The field concerned, or the details of the problem.</summary>
    public string Detail { get; private set; } = "";

    public bool IsGood => Reason == DeadLetterReason.None;

    /// <summary>Reports a problem. Only the first one is kept.</summary>
    public void Fail(DeadLetterReason reason, string detail)
    {
        if (IsGood)
        {
            (Reason, Detail) = (reason, detail);
        }
    }

    /// <summary>A header of the record, as text.</summary>
    public string? Header(string name) => _header(name);

    /// <summary>The event's own id.</summary>
    public string Id() => _headers.Id ?? Text("id");

    /// <summary>The event's own id, or null if it has none.</summary>
    public string? OptionalId() => _headers.Id ?? OptionalText("id");

    /// <summary>Event time, ms since the epoch.</summary>
    public long Time() => _headers.Time.IsThere ? _headers.Time.Milliseconds : Integer("time");
}

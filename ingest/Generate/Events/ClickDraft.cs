using Ingest.Generate.Movement;

namespace Ingest.Generate.Events;

/// <summary>A click under construction, with the contract's names and units.</summary>
internal sealed record ClickDraft
{
    internal required string Id { get; init; }
    internal required long TimeMs { get; init; }
    internal required string Ip { get; init; }
    internal required string UserAgent { get; init; }
    internal string? Visitor { get; init; }
    internal required Publisher Publisher { get; init; }
    internal required Placement Placement { get; init; }
    internal required Campaign Campaign { get; init; }
    internal string? Page { get; init; }
    internal string Referrer { get; init; } = "";
    internal string? Pointer { get; init; }
    internal double X { get; init; }
    internal double Y { get; init; }
    internal (int Width, int Height) Viewport { get; init; }
    internal bool? ExpectsPath { get; init; }
    internal DeviceDraft? Device { get; init; }
    internal IReadOnlyList<CursorPoint>? Path { get; init; }
}

/// <summary>The device fields of a click.</summary>
internal sealed record DeviceDraft(
    string? Make,
    string? Model,
    string Os,
    string Osv,
    string? Carrier,
    string Connection,
    string Language
);

namespace Ingest.Generate.Events;

/// <summary>A place for ads on a publisher's pages: a rectangle in the viewport, with its position as shares and its
/// size in pixels.</summary>
internal sealed record Placement(string Id, double Left, double Top, int Width, int Height);

/// <summary>A publisher: some are popular, and a few cooperate with the robots.</summary>
internal sealed record Publisher(string Id, string Page, Placement[] Placements, bool Shady);

/// <summary>An advertised campaign.</summary>
internal sealed record Campaign(string Id, string Advertiser, long CostMicros, string Target);

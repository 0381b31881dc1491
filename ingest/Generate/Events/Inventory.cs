namespace Ingest.Generate.Events;

/// <summary>
/// A place for ads on a publisher's pages: a rectangle in the viewport, as shares of it and in pixels.
/// </summary>
internal sealed record Placement(string Id, double Left, double Top, int Width, int Height);

/// <summary>A publisher: some are popular, a few are in with the robots.</summary>
internal sealed record Publisher(string Id, string Page, Placement[] Placements, bool Shady);

/// <summary>What is advertised.</summary>
internal sealed record Campaign(string Id, string Advertiser, long CostMicros, string Target);

namespace Ingest.Confirmation;

/// <summary>A click that its verdict wants confirmed.</summary>
/// <param name="Ip">The client's address, as the click's event has it.</param>
public sealed record ClickToConfirm(string Click, string Campaign, string Publisher, string Ip);

using Engine.Client;

namespace Engine.WebConsole.Clicks;

/// <summary>What the engine can prove about a click from the log.</summary>
public interface IClickProofs
{
    /// <summary>Draws a click's path over the one that it replays, as SVG.</summary>
    /// <exception cref="NoProofException">There is no path, or the log no longer has it.</exception>
    Task<string> DrawPathAsync(Verdict verdict, CancellationToken cancel);

    /// <summary>Decides a click again from the log, and compares the verdict with the given one.</summary>
    /// <param name="given">The verdict as it is stored.</param>
    /// <exception cref="NoProofException">The log no longer has the click, or the verdict doesn't say where it
    /// is.</exception>
    Task<AuditResult> AuditAsync(string click, byte[] given, CancellationToken cancel);
}

/// <summary>What an audit has found.</summary>
/// <param name="Reproduced">The verdict, decided again; null if the click's id came shortly before.</param>
/// <param name="IsEqual">Whether it is the given one, byte for byte.</param>
/// <param name="Records">The number of records that were read.</param>
/// <param name="Differences">What differs and why it may, in lines; empty if they are equal.</param>
public sealed record AuditResult(string? Reproduced, bool IsEqual, long Records, IReadOnlyList<string> Differences);

/// <summary>Something can't be shown about a click, for a reason that people may know.</summary>
/// <param name="why">The reason, in a sentence.</param>
public sealed class NoProofException(string why) : Exception(why);

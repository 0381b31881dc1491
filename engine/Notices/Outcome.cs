namespace Engine.Notices;

/// <summary>What became of one try, or of a notice on its channel.</summary>
/// <param name="IsDelivered">Whether the receiver has taken it.</param>
/// <param name="IsFinal">Whether another try can't help.</param>
/// <param name="Detail">Why it failed; empty if it didn't.</param>
public sealed record Outcome(bool IsDelivered, bool IsFinal, string Detail)
{
    /// <summary>The longest detail that is kept.</summary>
    private const int MaxDetail = 200;

    public static readonly Outcome Delivered = new(true, true, "");

    /// <summary>The receiver doesn't want it, or the address can't be used.</summary>
    public static Outcome Refused(string why) => new(false, true, Shortened(why));

    /// <summary>It may work later.</summary>
    public static Outcome NotNow(string why) => new(false, false, Shortened(why));

    private static string Shortened(string why)
    {
        string line = why.ReplaceLineEndings(" ");
        return line.Length <= MaxDetail ? line : line[..MaxDetail];
    }
}

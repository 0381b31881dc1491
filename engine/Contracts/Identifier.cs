namespace Engine.Contracts;

/// <summary>The contract's identifiers: 1 to 128 bytes of printable ASCII without spaces and braces.</summary>
public static class Identifier
{
    /// <summary>How errors call them.</summary>
    public const string Words = "1 to 128 characters of printable ASCII without spaces and braces";

    public static bool IsOne(string text) =>
        text.Length is >= 1 and <= EventLimits.MaxIdentifierBytes
        && text.All(c => c is > ' ' and < '\x7F' and not '{' and not '}');

    public static bool IsOne(ReadOnlySpan<byte> text) =>
        text.Length is >= 1 and <= EventLimits.MaxIdentifierBytes
        && !text.ContainsAnyExceptInRange((byte)'!', (byte)'~')
        && !text.ContainsAny((byte)'{', (byte)'}');
}

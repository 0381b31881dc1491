namespace Engine.Client.Checks;

/// <summary>The contract's reasons for a dead letter.</summary>
internal static class Reasons
{
    internal const string Malformed = "malformed";
    internal const string MissingField = "missing-field";
    internal const string WrongType = "wrong-type";
    internal const string OutOfRange = "out-of-range";
    internal const string TooLarge = "too-large";
    internal const string UnknownType = "unknown-type";
}

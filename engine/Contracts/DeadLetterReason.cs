namespace Engine.Contracts;

/// <summary>The reason an event can't be used: <c>error.reason</c> of a dead letter.</summary>
public enum DeadLetterReason : byte
{
    None,
    Malformed,
    MissingField,
    WrongType,
    OutOfRange,
    TooLarge,
    UnknownType,
}

/// <summary>The contract's words for <see cref="DeadLetterReason"/>.</summary>
public static class DeadLetterReasons
{
    public static string Word(this DeadLetterReason reason) =>
        reason switch
        {
            DeadLetterReason.Malformed => "malformed",
            DeadLetterReason.MissingField => "missing-field",
            DeadLetterReason.WrongType => "wrong-type",
            DeadLetterReason.OutOfRange => "out-of-range",
            DeadLetterReason.TooLarge => "too-large",
            DeadLetterReason.UnknownType => "unknown-type",
            _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "no dead letter has this reason"),
        };
}

namespace Engine.Contracts;

/// <summary>The fields of the hash <see cref="RedisKeys.Decided"/>: how far every click of a partition is decided, and
/// from where on a click without a verdict is a plain valid one. Written where not all verdicts are
/// (<c>deliver.verdicts: noteworthy</c>), in the step of <c>progress</c>.</summary>
public static class DecidedFields
{
    /// <summary>How long a click may take from its producer to the log, in ms: a look-up that knows only when its click
    /// was sent allows for it.</summary>
    public const long OnItsWayMs = 1_000;

    /// <summary>Every click before this offset is decided, those that waited for their paths included.</summary>
    public const string Before = "before";

    /// <summary>The log time of <c>progress</c>, ms.</summary>
    public const string LogTime = "log_time";

    /// <summary>The join deadline in force, ms.</summary>
    public const string JoinMs = "join_ms";

    /// <summary>The partitions of <c>interactions</c>.</summary>
    public const string Partitions = "partitions";

    /// <summary>1 if every verdict is published on the channel <c>verdicts</c>, otherwise 0.</summary>
    public const string Channel = "channel";

    /// <summary>What the names of places begin with: <c>place:3</c> holds an offset, its log time and a time, ms. The
    /// verdicts from that offset on were written so late that they are kept until that time.</summary>
    public const string Place = "place:";
}

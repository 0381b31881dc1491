namespace Engine.Pipeline.Decode;

/// <summary>CloudEvents' headers in binary mode; they win over the payload's fields.</summary>
public unsafe struct CloudEvent
{
    public Text Type,
        Id;

    /// <summary>ms since the epoch; negative where no header says it.</summary>
    public long Time;

    /// <summary>Whether <c>ce_time</c> is there and no time.</summary>
    public bool TimeIsWrong;

    public static readonly CloudEvent None = new() { Time = -1 };
}

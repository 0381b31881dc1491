namespace Engine.Notices.Sending;

/// <summary>Sends notices on one kind of channel. Thread-safe.</summary>
internal interface ISender
{
    /// <summary>Tries once.</summary>
    Task<Outcome> SendAsync(Notice notice, CancellationToken cancel);
}

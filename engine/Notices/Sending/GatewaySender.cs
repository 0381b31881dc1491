namespace Engine.Notices.Sending;

/// <summary>Posts notices to a gateway, which finds the person by the notice's <c>address</c>.</summary>
internal sealed class GatewaySender(Poster poster, Uri gateway) : ISender
{
    public Task<Outcome> SendAsync(Notice notice, CancellationToken cancel) =>
        poster.PostAsync(gateway, notice, cancel);
}

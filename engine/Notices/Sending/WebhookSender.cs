namespace Engine.Notices.Sending;

/// <summary>Calls webhooks, whose addresses come from events.</summary>
internal sealed class WebhookSender(Poster poster) : ISender
{
    public Task<Outcome> SendAsync(Notice notice, CancellationToken cancel) =>
        Uri.TryCreate(notice.Address, UriKind.Absolute, out Uri? to)
        && to.Scheme is "http" or "https"
        && to.UserInfo.Length == 0
            ? poster.PostAsync(to, notice, cancel)
            : Task.FromResult(Outcome.Refused("the address isn't an http or https address without a user"));
}

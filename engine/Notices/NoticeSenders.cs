using Engine.Notices.Sending;

namespace Engine.Notices;

/// <summary>Sends notices on all channels that are set up: at most three tries, with growing waits.
/// Thread-safe.</summary>
public sealed class NoticeSenders : IDisposable
{
    private static readonly TimeSpan[] Waits = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(4)];

    private readonly Dictionary<string, ISender> _senders = new(StringComparer.Ordinal);
    private readonly Poster _webhooks,
        _gateways;
    private readonly TimeProvider _clock;

    public NoticeSenders(NoticeOptions options, TimeProvider clock)
    {
        _clock = clock;
        _webhooks = new Poster(options.Key, new AddressGuard(options.Allowed), clock);
        _gateways = new Poster(options.Key, null, clock);
        _senders["webhook"] = new WebhookSender(_webhooks);
        if (options.Smtp.Length > 0)
        {
            _senders["email"] = new MailSender(options, clock);
        }

        if (options.Chat != null)
        {
            _senders["chat"] = new GatewaySender(_gateways, options.Chat);
        }

        if (options.Phone != null)
        {
            _senders["phone"] = new GatewaySender(_gateways, options.Phone);
        }
    }

    /// <summary>Sends a notice. Returns the outcome of the last try.</summary>
    public async Task<Outcome> SendAsync(Notice notice, CancellationToken cancel)
    {
        if (!_senders.TryGetValue(notice.Channel, out ISender? sender))
        {
            return Outcome.Refused($"engine.yaml doesn't set up the channel {notice.Channel}");
        }

        for (int tries = 0; ; tries++)
        {
            Outcome outcome = await TryAsync(sender, notice, cancel).ConfigureAwait(false);
            if (outcome.IsFinal || tries == Waits.Length)
            {
                return outcome;
            }

            await Task.Delay(Waits[tries], _clock, cancel).ConfigureAwait(false);
        }
    }

    private static async Task<Outcome> TryAsync(ISender sender, Notice notice, CancellationToken cancel)
    {
        try
        {
            return await sender.SendAsync(notice, cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Addresses come from events: one that a library can't cope with must not keep others from theirs.
            return Outcome.Refused($"{e.GetType().Name}: {e.Message}");
        }
    }

    public void Dispose()
    {
        _webhooks.Dispose();
        _gateways.Dispose();
    }
}

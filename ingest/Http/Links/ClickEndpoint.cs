using Engine.Client;
using Engine.Client.Checks;
using Engine.Contracts;
using Engine.Contracts.Settings;
using Engine.Web;
using Engine.Web.Hosting;
using Ingest.Confirmation;
using Microsoft.AspNetCore.Http;
using StackExchange.Redis;

namespace Ingest.Http.Links;

/// <summary><c>GET /click</c>, the ad's link: makes the click, waits for its verdict, and redirects to the campaign's
/// target. Whatever fails on the way, a person who clicked arrives: the click is then undecided.</summary>
/// <param name="decideWithin">How long a click waits for its verdict.</param>
/// <param name="address">Gets the client's address.</param>
internal sealed class ClickEndpoint(
    Campaigns campaigns,
    EventPublisher publisher,
    VerdictWait verdicts,
    TimeSpan decideWithin,
    Func<HttpContext, string> address,
    ConfirmationServer confirmation,
    LinkCounts counts,
    TimeProvider clock
)
{
    /// <summary>Clicks that Kafka hasn't acknowledged. Beyond, while Kafka is away, visitors are sent on at once, and
    /// their clicks aren't kept.</summary>
    private const int MaxUnderWay = 10_000;

    private int _underWay;

    internal async Task HandleAsync(HttpContext http)
    {
        CampaignSetting campaign = CampaignOf(http.Request);
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["Referrer-Policy"] = "no-referrer";
        if (HeadRequests.IsPreview(http))
        {
            // Nobody has clicked: a link checker or a browser that loads ahead.
            http.Response.Redirect(campaign.Target!);
            return;
        }

        string id = http.Request.Query["id"].ToString() is { Length: > 0 } given ? given : LinkClick.NewId();
        (CheckedEvent found, byte[] json) = LinkClick.Of(
            http.Request,
            campaign,
            id,
            address(http),
            clock.GetUtcNow().ToUnixTimeMilliseconds()
        );
        bool wasSent = http.Request.Query["sent"] == "1";
        Verdict? verdict = await DecideAsync(id, found, json, wasSent, http.RequestAborted).ConfigureAwait(false);
        counts.Count(verdict);
        if (verdict?.Action == "deny" && campaign.RefusesDenied)
        {
            throw new RefusedException(
                StatusCodes.Status403Forbidden,
                "This click was not accepted. If you are a person, go back and try once more.",
                "click"
            );
        }

        string? page =
            verdict?.Action == "confirm"
                ? await OpenAsync(id, campaign, http, http.Request.Query["publisher"].ToString()).ConfigureAwait(false)
                : null;
        if (page == null)
        {
            http.Response.Redirect(campaign.Target!);
            return;
        }

        http.Response.StatusCode = StatusCodes.Status303SeeOther;
        http.Response.Headers.Location = page;
    }

    /// <summary>Opens the click's confirmation page. Redis away is never a free pass: the answer is 503.</summary>
    private Task<string?> OpenAsync(string id, CampaignSetting campaign, HttpContext http, string publisher) =>
        confirmation.OpenAsync(new ClickToConfirm(id, campaign.Id, publisher, address(http)));

    /// <summary>The link's campaign.</summary>
    /// <exception cref="RefusedException">There is none with a target (404), or campaigns aren't known yet
    /// (503).</exception>
    private CampaignSetting CampaignOf(HttpRequest request)
    {
        string id = request.Query["campaign"].ToString();
        if (campaigns.Of(id) is { Target: not null } campaign)
        {
            return campaign;
        }

        throw campaigns.AreKnown
            ? new RefusedException(
                StatusCodes.Status404NotFound,
                Identifier.IsOne(id)
                    ? $"There is no campaign '{id}' with a target: set campaign/{id} with \"target\"."
                    : "The link names no campaign: it needs ?campaign= and &publisher=.",
                "campaign"
            )
            : new RefusedException(
                StatusCodes.Status503ServiceUnavailable,
                "The campaigns haven't been read from Kafka yet. Try again shortly.",
                "campaign"
            );
    }

    /// <summary>Sends the click and waits for its verdict; null if there is none in time.</summary>
    /// <param name="wasSent">Whether the page script says that it has sent the click, with its path. If there is no
    /// verdict soon, it is taken not to have arrived.</param>
    private async Task<Verdict?> DecideAsync(
        string id,
        CheckedEvent found,
        byte[] json,
        bool wasSent,
        CancellationToken cancel
    )
    {
        using VerdictWait.Expected expected = verdicts.Expect(id);
        try
        {
            if (wasSent && await expected.WithinAsync(decideWithin / 2, cancel).ConfigureAwait(false) is { } sooner)
            {
                return sooner;
            }

            if (Interlocked.Increment(ref _underWay) > MaxUnderWay)
            {
                Interlocked.Decrement(ref _underWay);
                counts.Unsent();
                return null;
            }

            TimeSpan left = wasSent ? decideWithin / 2 : decideWithin;
            Task<Acknowledged> sent = publisher.SendAsync(
                new OutgoingRecord(found.Topic!, found.Key!, json),
                CancellationToken.None
            );
            _ = sent.ContinueWith(
                ended =>
                {
                    Interlocked.Decrement(ref _underWay);
                    if (ended.Exception != null)
                    {
                        counts.Unsent();
                    }
                },
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default
            );
            return await expected.WithinAsync(left, cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RedisException or TimeoutException or FormatException)
        {
            return null;
        }
    }
}

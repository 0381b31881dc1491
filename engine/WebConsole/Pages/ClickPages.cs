using System.Text;
using Engine.Client;
using Engine.Contracts;
using Engine.Contracts.Access;
using Engine.Web;
using Engine.WebConsole.Clicks;

namespace Engine.WebConsole.Pages;

/// <summary>The pages of single clicks: what they are, why, and what a person says of them.</summary>
internal sealed class ClickPages(ClickReader clicks, IClickProofs proofs, IEventOut kafka, TimeProvider clock)
{
    /// <summary>The longest reason that somebody may give for a label.</summary>
    private const int MaxBecause = 500;

    private static readonly PageNeeds Pictures = new() { Pictures = true };

    public static void Map(
        IEndpointRouteBuilder routes,
        ClickReader clicks,
        IClickProofs proofs,
        IEventOut kafka,
        TimeProvider clock
    )
    {
        var pages = new ClickPages(clicks, proofs, kafka, clock);
        // An audit reads hours of the log again: one at a time is enough for whoever looks.
        var oneAudit = new SemaphoreSlim(1);
        routes.MapPage("/console/clicks", pages.ListAsync);
        routes.MapPage("/console/clicks/{click}", pages.ShowAsync);
        routes.MapPage("/console/clicks/{click}/path.svg", pages.PictureAsync);
        routes.MapPage("/console/clicks/{click}/audit", async (http, visit) =>
        {
            await oneAudit.WaitAsync(http.RequestAborted).ConfigureAwait(false);
            try
            {
                return await pages.AuditAsync(http, visit).ConfigureAwait(false);
            }
            finally
            {
                oneAudit.Release();
            }
        });
        routes.MapForm("/console/clicks/{click}/label", pages.LabelAsync, Role.Analyst);
    }

    private async Task<IResult> ListAsync(HttpContext http, ConsoleVisit visit)
    {
        string asked = http.Request.Query["click"].ToString().Trim();
        if (asked.Length > 0)
        {
            return Identifier.IsOne(asked) && ConsoleWording.ClickAddress(asked) is { } address
                ? Results.Redirect(address)
                : throw new RefusedException(
                    StatusCodes.Status400BadRequest,
                    $"No click's id is like this: they have {Identifier.Words}.",
                    "click"
                );
        }

        return Page.Show<ClicksPage>(
            new { Visit = visit, Recent = await clicks.RecentAsync(http.RequestAborted).ConfigureAwait(false) }
        );
    }

    private async Task<IResult> ShowAsync(HttpContext http, ConsoleVisit visit)
    {
        string id = RoutePart.Id(http, "click");
        ClickPlace? place = PlaceQuery.Of(http.Request);
        byte[]? stored = await clicks.StoredAsync(id, place).ConfigureAwait(false);
        Verdict? verdict = stored == null ? null : ClickReader.Read(id, stored);
        CancellationToken cancel = http.RequestAborted;
        RecordedClick? recorded =
            verdict == null ? null : await clicks.RecordedAsync(verdict, cancel).ConfigureAwait(false);
        return Page.Show<ClickPage>(
            new
            {
                Visit = visit,
                Id = id,
                Where = PlaceQuery.Text(place),
                Verdict = verdict,
                Stored = stored == null ? null : Encoding.UTF8.GetString(stored),
                Recorded = recorded,
                Network = recorded?.Network is { } network
                    ? await clicks.NetworkAsync(network).ConfigureAwait(false)
                    : null,
                Neighbours = recorded == null
                    ? []
                    : await clicks.NeighboursAsync(recorded, cancel).ConfigureAwait(false),
                Labels = await clicks.LabelsAsync(id, cancel).ConfigureAwait(false),
                Now = clock.GetUtcNow().ToUnixTimeMilliseconds(),
                WasLabelled = http.Request.Query.ContainsKey("labelled"),
            },
            verdict == null ? StatusCodes.Status404NotFound : StatusCodes.Status200OK,
            Pictures
        );
    }

    private async Task<IResult> PictureAsync(HttpContext http, ConsoleVisit visit)
    {
        (Verdict verdict, _) = await FoundAsync(http).ConfigureAwait(false);
        try
        {
            string svg = await proofs.DrawPathAsync(verdict, http.RequestAborted).ConfigureAwait(false);
            // Opened by itself, a picture is a document: nothing in it may run or load.
            http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
            http.Response.Headers.CacheControl = "no-store";
            return Results.Text(svg, "image/svg+xml", Encoding.UTF8);
        }
        catch (NoProofException why)
        {
            throw new RefusedException(StatusCodes.Status404NotFound, why.Message);
        }
    }

    private async Task<IResult> AuditAsync(HttpContext http, ConsoleVisit visit)
    {
        (Verdict verdict, byte[] stored) = await FoundAsync(http).ConfigureAwait(false);
        AuditResult? result = null;
        string? problem = null;
        try
        {
            result = await proofs.AuditAsync(verdict.Click, stored, http.RequestAborted).ConfigureAwait(false);
        }
        catch (NoProofException why)
        {
            problem = why.Message;
        }

        return Page.Show<AuditPage>(
            new
            {
                Visit = visit,
                Id = verdict.Click,
                Where = PlaceQuery.Text(PlaceQuery.Of(http.Request)),
                Given = Encoding.UTF8.GetString(stored),
                Result = result,
                Problem = problem,
            }
        );
    }

    private async Task<IResult> LabelAsync(HttpContext http, ConsoleVisit visit, IFormCollection form)
    {
        string id = RoutePart.Id(http, "click");
        bool valid = form["label"].ToString() switch
        {
            "valid" => true,
            "invalid" => false,
            _ => throw new RefusedException(StatusCodes.Status400BadRequest, "Choose valid or invalid.", "label"),
        };
        string because = form["because"].ToString().Trim();
        if (because.Length is 0 or > MaxBecause)
        {
            throw new RefusedException(
                StatusCodes.Status400BadRequest,
                $"Say why, in {MaxBecause} letters at most.",
                "because"
            );
        }

        ClickPlace? place = PlaceQuery.Of(http.Request);
        Verdict? verdict = await clicks.StoredAsync(id, place).ConfigureAwait(false) is { } stored
            ? ClickReader.Read(id, stored)
            : null;
        RecordedClick? recorded =
            verdict == null ? null : await clicks.RecordedAsync(verdict, http.RequestAborted).ConfigureAwait(false);
        var label = new ClickLabel(
            clock.GetUtcNow().ToUnixTimeMilliseconds(),
            valid,
            ClickLabel.Analyst,
            visit.By,
            because
        );
        await kafka
            .SendAsync(Topics.Labels, id, Encoding.UTF8.GetBytes(label.ToEvent(id, recorded).ToJsonString()))
            .ConfigureAwait(false);
        string where = PlaceQuery.Text(place);
        return ConsoleRoutes.SeeOther(
            ConsoleWording.ClickAddress(id) + where + (where.Length == 0 ? "?" : "&") + "labelled"
        );
    }

    private async Task<(Verdict, byte[])> FoundAsync(HttpContext http)
    {
        string id = RoutePart.Id(http, "click");
        return
            await clicks.StoredAsync(id, PlaceQuery.Of(http.Request)).ConfigureAwait(false) is { } stored
            && ClickReader.Read(id, stored) is { } verdict
            ? (verdict, stored)
            : throw new RefusedException(
                StatusCodes.Status404NotFound,
                "There is no verdict of this click: it isn't decided yet, or its verdict has expired."
            );
    }
}

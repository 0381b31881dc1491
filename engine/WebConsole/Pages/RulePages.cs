using Engine.Contracts.Access;
using Engine.Pipeline.Settings;
using Engine.Web;
using Engine.WebConsole.Backtests;
using Engine.WebConsole.Log;
using Engine.WebConsole.Rules;
using Engine.WebConsole.Totals;

namespace Engine.WebConsole.Pages;

/// <summary>The pages of rules on clicks: what is in force, and a form to write, try and delete one. Analysts write
/// rules in shadow, admins those that act.</summary>
internal sealed class RulePages(RuleDesk desk, BacktestDesk backtests, TotalsReader totals, TimeProvider clock)
{
    private const string Home = "/console/rules";

    /// <summary>The days of the numbers beside rules.</summary>
    private const int LiveDays = 2;

    public static void Map(
        IEndpointRouteBuilder routes,
        RuleDesk desk,
        BacktestDesk backtests,
        TotalsReader totals,
        TimeProvider clock
    )
    {
        var pages = new RulePages(desk, backtests, totals, clock);
        routes.MapPage(Home, pages.ListAsync);
        routes.MapPage(Home + "/edit", pages.EditAsync);
        routes.MapForm(Home + "/edit", pages.WriteAsync, Role.Analyst);
        routes.MapForm(Home + "/backtest", pages.BacktestAsync, Role.Analyst);
        routes.MapForm(Home + "/delete", pages.DeleteAsync, Role.Analyst);
    }

    private async Task<IResult> ListAsync(HttpContext http, ConsoleVisit visit)
    {
        long now = await totals.LogTimeAsync().ConfigureAwait(false) ?? clock.GetUtcNow().ToUnixTimeMilliseconds();
        var days = DayRange.UpTo(DayRange.DayOf(now), LiveDays);
        var sums = new TotalSums();
        foreach ((_, TotalSums hour) in await totals.HoursAsync(days).ConfigureAwait(false))
        {
            sums.Add(hour);
        }

        return Page.Show<RulesPage>(
            new
            {
                Visit = visit,
                Rules = desk.All,
                Live = sums.Reasons.ToDictionary(reason => reason.Code, reason => (reason.Clicks, reason.Cost)),
                Days = days,
                Written = http.Request.Query["written"].ToString(),
                Deleted = http.Request.Query["deleted"].ToString(),
            }
        );
    }

    private async Task<IResult> EditAsync(HttpContext http, ConsoleVisit visit)
    {
        string id = http.Request.Query["id"].ToString();
        ClickRule? rule = id.Length == 0 ? null : Found(id);
        return await ShowAsync(http, visit, rule, rule == null ? RuleDraft.New : RuleDraft.Of(rule), new Refusal())
            .ConfigureAwait(false);
    }

    private async Task<IResult> WriteAsync(HttpContext http, ConsoleVisit visit, IFormCollection form)
    {
        RuleDraft draft = RuleForm.Read(form);
        string because = form["because"].ToString().Trim();
        ClickRule? now = desk.Find(draft.Id);
        var refusal = new Refusal { Because = because };
        if (RuleForm.Problem(draft) is { } problem)
        {
            refusal = refusal with { Problem = problem };
        }
        else if (because.Length is 0 or > BecauseField.MaxLength)
        {
            refusal = refusal with { Problem = $"Say why, in {BecauseField.MaxLength} letters at most." };
        }
        else if (!visit.May(Role.Admin) && (!draft.Shadow || now is { Shadow: false }))
        {
            refusal = refusal with
            {
                Problem = "Only admins write rules that act, or change one that does. Yours may be in shadow.",
                Status = StatusCodes.Status403Forbidden,
            };
        }
        else if (form["version"] != (now == null ? "" : RuleDraft.Of(now).Version))
        {
            refusal = refusal with
            {
                Problem =
                    "Somebody else has changed this rule in the meantime. Compare, and send yours again if it holds.",
                Status = StatusCodes.Status409Conflict,
                Theirs = now,
            };
        }

        if (refusal.Problem != null)
        {
            return await ShowAsync(http, visit, now, draft, refusal).ConfigureAwait(false);
        }

        await desk.WriteAsync(draft, visit.By, because).ConfigureAwait(false);
        return ConsoleRoutes.SeeOther($"{Home}?written={Uri.EscapeDataString(draft.Id)}");
    }

    /// <summary>Tries the rule of the form on the recorded clicks, as if it acted.</summary>
    private async Task<IResult> BacktestAsync(HttpContext http, ConsoleVisit visit, IFormCollection form)
    {
        RuleDraft draft = RuleForm.Read(form);
        string because = form["because"].ToString().Trim();
        if (RuleForm.Problem(draft) is { } problem)
        {
            return await ShowAsync(
                    http,
                    visit,
                    desk.Find(draft.Id),
                    draft,
                    new Refusal { Because = because, Problem = problem }
                )
                .ConfigureAwait(false);
        }

        RuleDraft acting = draft with { Shadow = false };
        return BacktestPages.Follow(
            backtests.Start(draft.Id, acting.ToJson().ToJsonString(EventText.Relaxed), visit.By)
        );
    }

    private async Task<IResult> DeleteAsync(HttpContext http, ConsoleVisit visit, IFormCollection form)
    {
        ClickRule rule = Found(form["id"].ToString());
        string because = BecauseField.Of(form);
        if (!visit.May(Role.Admin) && !rule.Shadow)
        {
            throw new RefusedException(StatusCodes.Status403Forbidden, "Only admins delete a rule that acts.", "id");
        }

        if (form["version"] != RuleDraft.Of(rule).Version)
        {
            return await ShowAsync(
                    http,
                    visit,
                    rule,
                    RuleDraft.Of(rule),
                    new Refusal
                    {
                        Problem = "Somebody else has changed this rule in the meantime. This is what it says now.",
                        Status = StatusCodes.Status409Conflict,
                    }
                )
                .ConfigureAwait(false);
        }

        await desk.DeleteAsync(rule.Id, visit.By, because).ConfigureAwait(false);
        return ConsoleRoutes.SeeOther($"{Home}?deleted={Uri.EscapeDataString(rule.Id)}");
    }

    private async Task<IResult> ShowAsync(
        HttpContext http,
        ConsoleVisit visit,
        ClickRule? now,
        RuleDraft draft,
        Refusal refusal
    ) =>
        Page.Show<RulePage>(
            new
            {
                Visit = visit,
                Draft = draft,
                Version = now == null ? "" : RuleDraft.Of(now).Version,
                IsNew = now == null,
                Acts = now is { Shadow: false },
                refusal.Problem,
                refusal.Because,
                refusal.Theirs,
                History = now == null ? [] : await desk.HistoryAsync(now.Id, http.RequestAborted).ConfigureAwait(false),
            },
            refusal.Problem == null ? StatusCodes.Status200OK : refusal.Status
        );

    private ClickRule Found(string id) =>
        desk.Find(id)
        ?? throw new RefusedException(StatusCodes.Status404NotFound, $"There is no rule {id} in the settings.", "id");

    /// <summary>Why a rule wasn't written.</summary>
    private sealed record Refusal
    {
        public string? Problem { get; init; }

        public string Because { get; init; } = "";

        public int Status { get; init; } = StatusCodes.Status400BadRequest;

        /// <summary>What somebody else has written.</summary>
        public ClickRule? Theirs { get; init; }
    }
}

using Engine.Contracts;
using Engine.Contracts.Access;
using Engine.Pipeline.Settings;
using Engine.Web;
using Engine.WebConsole.Rules;

namespace Engine.WebConsole.Pages;

/// <summary>The pages of rules on clicks: what is in force, and a form to write one. Analysts write rules in shadow,
/// admins those that act.</summary>
internal sealed class RulePages(RuleDesk desk)
{
    private const string Home = "/console/rules";

    private const int MaxBecause = 500;

    public static void Map(IEndpointRouteBuilder routes, RuleDesk desk)
    {
        var pages = new RulePages(desk);
        routes.MapPage(Home, pages.ListAsync);
        routes.MapPage("/console/rules/edit", pages.EditAsync);
        routes.MapForm("/console/rules/edit", pages.WriteAsync, Role.Analyst);
    }

    private Task<IResult> ListAsync(HttpContext http, ConsoleVisit visit) =>
        Task.FromResult(
            Page.Show<RulesPage>(
                new
                {
                    Visit = visit,
                    Rules = desk.All,
                    Written = http.Request.Query["written"].ToString(),
                }
            )
        );

    private async Task<IResult> EditAsync(HttpContext http, ConsoleVisit visit)
    {
        string id = http.Request.Query["id"].ToString();
        ClickRule? rule = id.Length == 0 ? null : desk.Find(id) ?? throw NoRule(id);
        return await ShowAsync(http, visit, rule, rule == null ? RuleDraft.New : RuleDraft.Of(rule), new Refusal())
            .ConfigureAwait(false);
    }

    private async Task<IResult> WriteAsync(HttpContext http, ConsoleVisit visit, IFormCollection form)
    {
        var draft = new RuleDraft(
            form["id"].ToString().Trim(),
            form["when"].ToString().ReplaceLineEndings("\n").Trim(),
            form["class"].ToString(),
            form["band"].ToString(),
            form["action"].ToString(),
            form["billable"].ToString(),
            form["order"].ToString().Trim(),
            form["shadow"] == "true"
        );
        string because = form["because"].ToString().Trim();
        ClickRule? now = desk.Find(draft.Id);
        var refusal = new Refusal { Because = because };
        if (!Identifier.IsOne(draft.Id))
        {
            refusal = refusal with { Problem = $"The id isn't one: it has {Identifier.Words}." };
        }
        else if (RuleDesk.Problem(draft) is { } problem)
        {
            refusal = refusal with { Problem = problem };
        }
        else if (because.Length is 0 or > MaxBecause)
        {
            refusal = refusal with { Problem = $"Say why, in {MaxBecause} letters at most." };
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
                refusal.Problem,
                refusal.Because,
                refusal.Theirs,
                History = now == null ? [] : await desk.HistoryAsync(now.Id, http.RequestAborted).ConfigureAwait(false),
            },
            refusal.Problem == null ? StatusCodes.Status200OK : refusal.Status
        );

    private static RefusedException NoRule(string id) =>
        new(StatusCodes.Status404NotFound, $"There is no rule {id} in the settings.", "id");

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

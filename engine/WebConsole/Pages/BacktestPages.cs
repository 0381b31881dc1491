using System.Text.Json.Nodes;
using Engine.Contracts.Access;
using Engine.Pipeline.Settings;
using Engine.Web;
using Engine.WebConsole.Backtests;
using Engine.WebConsole.Rules;

namespace Engine.WebConsole.Pages;

/// <summary>The pages of back-tests: what a rule would change about the recorded clicks, and the way from shadow into
/// force.</summary>
internal sealed class BacktestPages(BacktestDesk desk, RuleDesk rules)
{
    private const string Home = "/console/backtests",
        OnePath = Home + "/{id}";

    public static void Map(IEndpointRouteBuilder routes, BacktestDesk desk, RuleDesk rules)
    {
        var pages = new BacktestPages(desk, rules);
        routes.MapPage(Home, pages.ListAsync);
        routes.MapPage(OnePath, pages.ShowAsync);
        routes.MapForm(Home, pages.StartAsync, Role.Analyst);
        routes.MapForm(OnePath + "/cancel", pages.CancelAsync, Role.Analyst);
        routes.MapForm(OnePath + "/promote", pages.PromoteAsync, Role.Admin);
    }

    /// <summary>Leads to a back-test's page.</summary>
    public static IResult Follow(string id) => ConsoleRoutes.SeeOther(AddressOf(id));

    /// <summary>The address of a back-test's page.</summary>
    public static string AddressOf(string id) => $"{Home}/{id}";

    private async Task<IResult> ListAsync(HttpContext http, ConsoleVisit visit) =>
        Page.Show<BacktestsPage>(
            new
            {
                Visit = visit,
                desk.Running,
                Latest = await desk.LatestAsync().ConfigureAwait(false),
            }
        );

    private async Task<IResult> ShowAsync(HttpContext http, ConsoleVisit visit)
    {
        BacktestJob job = await FoundAsync(http).ConfigureAwait(false);
        return Show(visit, job, problem: null, StatusCodes.Status200OK);
    }

    /// <summary>Compares what is in force with itself, or tries the clicks without a rule.</summary>
    private Task<IResult> StartAsync(HttpContext http, ConsoleVisit visit, IFormCollection form)
    {
        string without = form["without"].ToString();
        if (without.Length > 0 && rules.Find(without) == null)
        {
            throw new RefusedException(StatusCodes.Status404NotFound, $"There is no rule {without}.", "without");
        }

        return Task.FromResult(Follow(desk.Start(without, value: null, visit.By)));
    }

    private Task<IResult> CancelAsync(HttpContext http, ConsoleVisit visit, IFormCollection form)
    {
        string id = RoutePart.Id(http, "id");
        desk.Cancel(id);
        return Task.FromResult(Follow(id));
    }

    private async Task<IResult> PromoteAsync(HttpContext http, ConsoleVisit visit, IFormCollection form)
    {
        BacktestJob job = await FoundAsync(http).ConfigureAwait(false);
        string because = BecauseField.Of(form);
        if (RuleOf(job) is not { Shadow: true } rule)
        {
            return Show(
                visit,
                job,
                "There is no rule in shadow that this back-test has tried.",
                StatusCodes.Status409Conflict
            );
        }

        RuleDraft acting = RuleDraft.Of(rule) with { Shadow = false };
        if (rules.HaveChangedSince(job.Settings) || !IsSame(acting, job))
        {
            return Show(
                visit,
                job,
                "Settings that decide about clicks have changed since this back-test, so it no longer says what the "
                    + "rule would do. Try it again.",
                StatusCodes.Status409Conflict
            );
        }

        string said = $"{because} (back-test {job.Id}: {BacktestWording.Summary(job)})";
        await rules.WriteAsync(acting, visit.By, said).ConfigureAwait(false);
        return ConsoleRoutes.SeeOther($"/console/rules?written={Uri.EscapeDataString(rule.Id)}");
    }

    private IResult Show(ConsoleVisit visit, BacktestJob job, string? problem, int status) =>
        Page.Show<BacktestPage>(
            new
            {
                Visit = visit,
                Job = job,
                Problem = problem,
                MayBePromoted = job.State == BacktestState.Done
                    && RuleOf(job) is { Shadow: true } rule
                    && IsSame(RuleDraft.Of(rule) with { Shadow = false }, job),
                RuleIsThere = rules.Find(job.Rule) != null,
                HasChanged = rules.HaveChangedSince(job.Settings),
            },
            status
        );

    /// <summary>The rule of the latest settings that a back-test has tried; null for none.</summary>
    private ClickRule? RuleOf(BacktestJob job) => job.Value == null ? null : rules.Find(job.Rule);

    private static bool IsSame(RuleDraft acting, BacktestJob job) =>
        JsonNode.DeepEquals(acting.ToJson(), JsonNode.Parse(job.Value!));

    private async Task<BacktestJob> FoundAsync(HttpContext http) =>
        await desk.FindAsync(RoutePart.Id(http, "id")).ConfigureAwait(false)
        ?? throw new RefusedException(
            StatusCodes.Status404NotFound,
            "There is no such back-test: it runs in another engine, the engine that ran it has stopped, or "
                + $"{BacktestDesk.Kept} others came after it."
        );
}

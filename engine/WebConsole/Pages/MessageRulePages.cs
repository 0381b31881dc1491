using Engine.Contracts.Access;
using Engine.Web;
using Engine.WebConsole.Messages;

namespace Engine.WebConsole.Pages;

/// <summary>The page to try message rules on a text.</summary>
internal sealed class MessageRulePages(MessageTrials trials)
{
    public const string Home = "/console/message-rules";

    public static void Map(IEndpointRouteBuilder routes, MessageTrials trials)
    {
        var pages = new MessageRulePages(trials);
        routes
            .MapPage(Home, (_, visit) => Task.FromResult(Show(visit, MessageTrialForm.Empty)))
            .Describe("A page to try message rules on a text.");
        routes.MapForm(Home, pages.TryAsync, Role.Viewer);
    }

    private async Task<IResult> TryAsync(HttpContext http, ConsoleVisit visit, IFormCollection posted)
    {
        var form = MessageTrialForm.Of(posted);
        try
        {
            return Show(visit, form, trial: await trials.RunAsync(form).ConfigureAwait(false));
        }
        catch (FormatException wrong)
        {
            return Show(visit, form, wrong.Message);
        }
    }

    private static IResult Show(
        ConsoleVisit visit,
        MessageTrialForm form,
        string? problem = null,
        MessageTrial? trial = null
    ) =>
        Page.Show<MessageRulesPage>(
            new
            {
                Visit = visit,
                Form = form,
                Problem = problem,
                Trial = trial,
            },
            problem == null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest
        );
}

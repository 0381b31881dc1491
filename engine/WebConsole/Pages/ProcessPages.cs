using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Engine.Contracts;
using Engine.Contracts.Access;
using Engine.Contracts.Settings;
using Engine.Web;
using Engine.WebConsole.Log;
using Engine.WebConsole.Processes;
using Engine.Workflows.Priority.Settings;

namespace Engine.WebConsole.Pages;

/// <summary>The pages of business processes: their queues, a form to define, try and store one, and levels that people
/// set.</summary>
internal sealed class ProcessPages(ProcessDesk desk, TimeProvider clock)
{
    private const string Home = "/console/processes",
        OnePath = Home + "/{id}";

    private static readonly TimeSpan UsualOverride = TimeSpan.FromHours(4);

    /// <summary>What the form of a new process begins with.</summary>
    private const string Template = """
        {
          "levels": [1, 5, 10],
          "default": 1,
          "attributes": { "lost_micros": "integer", "tier": "text" },
          "directives": [
            { "id": "tier", "table": { "attribute": "tier", "levels": { "gold": 10 } } },
            { "id": "big", "rule": { "when": "context.lost_micros > 50000000", "level": 5 } }
          ],
          "ageing_s": 60,
          "lease_s": 300
        }
        """;

    public static void Map(IEndpointRouteBuilder routes, ProcessDesk desk, TimeProvider clock)
    {
        var pages = new ProcessPages(desk, clock);
        routes.MapPage(Home, pages.ListAsync);
        routes.MapPage(Home + "/edit", pages.EditAsync);
        routes.MapForm(Home + "/try", pages.TryAsync, Role.Analyst);
        routes.MapForm(Home + "/store", pages.StoreAsync, Role.Admin);
        routes.MapPage(OnePath, pages.ShowAsync);
        routes.MapForm(OnePath + "/override", pages.OverrideAsync, Role.Admin);
        routes.MapForm(OnePath + "/override/end", pages.EndAsync, Role.Admin);
    }

    /// <summary>The address of a process's page; null if no address can lead there: browsers resolve dots.</summary>
    public static string? AddressOf(string process) =>
        process is "." or ".." or "edit" ? null : $"{Home}/{Uri.EscapeDataString(process)}";

    private async Task<IResult> ListAsync(HttpContext http, ConsoleVisit visit)
    {
        (string Id, ProcessDefinition Definition, long Waiting)[] rows = await Task.WhenAll(
                desk.All.Select(async one =>
                    (one.Id, one.Definition, await desk.WaitingAsync(one.Id).ConfigureAwait(false))
                )
            )
            .ConfigureAwait(false);
        return Page.Show<ProcessesPage>(
            new
            {
                Visit = visit,
                Rows = rows,
                Stored = http.Request.Query["stored"].ToString(),
            }
        );
    }

    private async Task<IResult> ShowAsync(HttpContext http, ConsoleVisit visit)
    {
        string id = RoutePart.Id(http, "id");
        ProcessDefinition definition = desk.Find(id) ?? throw NoProcess(id);
        return Page.Show<ProcessPage>(
            new
            {
                Visit = visit,
                Id = id,
                Definition = definition,
                Waiting = await desk.WaitingAsync(id).ConfigureAwait(false),
                First = await desk.FirstAsync(id).ConfigureAwait(false),
                Overrides = desk.OverridesOf(id),
                Now = clock.GetUtcNow().ToUnixTimeMilliseconds(),
                Until = FormTime.Text(clock.GetUtcNow() + UsualOverride),
                History = await desk.HistoryAsync(id, http.RequestAborted).ConfigureAwait(false),
                Written = http.Request.Query.ContainsKey("written"),
            }
        );
    }

    private async Task<IResult> EditAsync(HttpContext http, ConsoleVisit visit)
    {
        string id = http.Request.Query["id"].ToString(),
            from = http.Request.Query["from"].ToString();
        if (id.Length == 0)
        {
            return Show(visit, new ProcessEdit("", Template, "", ""));
        }

        IReadOnlyList<SettingVersion> history = await desk.HistoryAsync(id, http.RequestAborted).ConfigureAwait(false);
        SettingVersion shown = history.FirstOrDefault(version =>
            version.Json != null && (from.Length == 0 || version.Name == from)
        ) ?? throw NoProcess(id);
        string now = ProcessDesk.VersionOf(history[0].Json),
            because = from.Length == 0 ? "" : $"back to {shown.Name}";
        return Show(visit, new ProcessEdit(id, Indented(shown.Json!), now, because));
    }

    private async Task<IResult> TryAsync(HttpContext http, ConsoleVisit visit, IFormCollection form)
    {
        ProcessEdit edit = Read(form);
        if (Problem(edit) is { } problem)
        {
            return Show(visit, edit, problem);
        }

        ProcessTrial trial = await desk.TryAsync(edit.Id, ProcessDesk.Parse(edit.Id, edit.Json)).ConfigureAwait(false);
        return Show(visit, edit, trial: trial);
    }

    private async Task<IResult> StoreAsync(HttpContext http, ConsoleVisit visit, IFormCollection form)
    {
        ProcessEdit edit = Read(form);
        if (Problem(edit) is { } problem)
        {
            return Show(visit, edit, problem);
        }

        if (edit.Because.Length is 0 or > BecauseField.MaxLength)
        {
            return Show(visit, edit, $"Say why, in {BecauseField.MaxLength} letters at most.");
        }

        IReadOnlyList<SettingVersion> history = await desk.HistoryAsync(edit.Id, http.RequestAborted)
            .ConfigureAwait(false);
        string? now = history.Count > 0 ? history[0].Json : null;
        if (edit.Version != ProcessDesk.VersionOf(now))
        {
            return Show(
                visit,
                edit with
                {
                    Version = ProcessDesk.VersionOf(now),
                },
                "Somebody else has changed this process in the meantime. Compare, and store yours again if it holds.",
                theirs: now == null ? "deleted" : Indented(now),
                status: StatusCodes.Status409Conflict
            );
        }

        await desk.StoreAsync(edit.Id, edit.Json, visit.By, edit.Because).ConfigureAwait(false);
        return ConsoleRoutes.SeeOther($"{Home}?stored={Uri.EscapeDataString(edit.Id)}");
    }

    private async Task<IResult> OverrideAsync(HttpContext http, ConsoleVisit visit, IFormCollection form)
    {
        string id = RoutePart.Id(http, "id"),
            instance = form["instance"].ToString().Trim(),
            because = BecauseField.Of(form);
        ProcessDefinition definition = desk.Find(id) ?? throw NoProcess(id);
        if (
            !int.TryParse(form["level"], NumberStyles.None, CultureInfo.InvariantCulture, out int level)
            || !definition.Band.Holds(level)
        )
        {
            throw Wrong($"Choose a level of {string.Join(", ", definition.Band.Levels)}.", "level");
        }

        if (!Identifier.IsOne(instance) || await desk.RecordAsync(id, instance).ConfigureAwait(false) == null)
        {
            throw Wrong($"There is no instance {instance} of {id}.", "instance");
        }

        long until = FormTime.Read(form["until"], clock)
            ?? throw Wrong("Say until when, as a time to come: 2026-12-24T18:00, in UTC.", "until");
        await desk.OverrideAsync(id, instance, level, until, visit.By, because).ConfigureAwait(false);
        return ConsoleRoutes.SeeOther($"{AddressOf(id)}?written");
    }

    private async Task<IResult> EndAsync(HttpContext http, ConsoleVisit visit, IFormCollection form)
    {
        string id = RoutePart.Id(http, "id"),
            instance = form["instance"].ToString();
        if (!desk.OverridesOf(id).Any(one => one.Instance == instance))
        {
            throw new RefusedException(
                StatusCodes.Status404NotFound,
                $"Nobody has set the level of {instance}, or somebody has ended it.",
                "instance"
            );
        }

        await desk.EndOverrideAsync(id, instance, visit.By, "ended on the console").ConfigureAwait(false);
        return ConsoleRoutes.SeeOther($"{AddressOf(id)}?written");
    }

    private static ProcessEdit Read(IFormCollection form) =>
        new(
            form["id"].ToString().Trim(),
            form["json"].ToString().ReplaceLineEndings("\n").Trim(),
            form["version"].ToString(),
            form["because"].ToString().Trim()
        );

    private static string? Problem(ProcessEdit edit)
    {
        if (!Identifier.IsOne(edit.Id) || edit.Id.Contains('/') || AddressOf(edit.Id) == null)
        {
            return $"The id isn't one: it has {Identifier.Words}, and no slash.";
        }

        try
        {
            ProcessDesk.Parse(edit.Id, edit.Json);
            return null;
        }
        catch (SettingException e)
        {
            return e.Message;
        }
    }

    private static IResult Show(
        ConsoleVisit visit,
        ProcessEdit edit,
        string? problem = null,
        ProcessTrial? trial = null,
        string? theirs = null,
        int status = StatusCodes.Status400BadRequest
    ) =>
        Page.Show<ProcessEditPage>(
            new
            {
                Visit = visit,
                Edit = edit,
                Problem = problem,
                Trial = trial,
                Theirs = theirs,
            },
            problem == null ? StatusCodes.Status200OK : status
        );

    private static string Indented(string json) =>
        JsonNode
            .Parse(json)!
            .ToJsonString(
                new JsonSerializerOptions
                {
                    WriteIndented = true,
                    Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
                }
            );

    private static RefusedException NoProcess(string id) =>
        new(StatusCodes.Status404NotFound, $"There is no process {id} in the settings.", "id");

    private static RefusedException Wrong(string what, string where) =>
        new(StatusCodes.Status400BadRequest, what, where);
}

/// <summary>The form of a process.</summary>
/// <param name="Version">The version that it changes; empty for a new process.</param>
public sealed record ProcessEdit(string Id, string Json, string Version, string Because);

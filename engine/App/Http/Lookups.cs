using System.Text.Json.Nodes;
using Engine.App.Hosting;
using Engine.App.Quality;
using Engine.Client;
using Engine.CommandLine;
using Engine.Pipeline.Deliver;
using Engine.Web;
using Engine.Web.Hosting;
using Engine.WebConsole.Clicks;
using Engine.Workflows.Module;
using Role = Engine.Contracts.Access.Role;

namespace Engine.App.Http;

/// <summary>
/// Look-ups of verdicts, and health: alive while no lane has failed, ready while partitions are owned and settings are
/// fresh.
/// </summary>
internal static class Lookups
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(10);

    public static void Map(WebApplication app, EngineHost host)
    {
        var verdicts = new VerdictLookup(host.Context.Redis.Redis, host.Context.Keys.Prefix, host.Context.Clock);
        // For people who look what is here; not an endpoint of the description.
        app.MapGet("/", () => Results.Redirect("/openapi.json")).ForEveryone();
        app.MapGet("/v1/verdicts/{click}", async (HttpContext http) =>
            {
                byte[]? verdict = await VerdictOf(http, verdicts, host.Context.Clock).ConfigureAwait(false);
                return verdict == null
                    ? Answers.Error(StatusCodes.Status404NotFound, NoVerdict(host.Context.Deliver))
                    : Results.Bytes(verdict, "application/json");
            })
            .ForRole(Role.Viewer)
            .Describe(
                "A click's verdict, as stored; ?wait= (ms) waits for it. Where plain verdicts aren't written, ?key= "
                    + "(the client network) with &offset= or &sent= (ms) says where the click lies, and a decided "
                    + "click without a stored verdict is answered as valid and \"assumed\"."
            );
        // It reads all labels each time: one at a time is enough for whoever looks.
        var oneQuality = new SemaphoreSlim(1);
        app.MapGet("/v1/quality", async (CancellationToken cancel) =>
            {
                await oneQuality.WaitAsync(cancel).ConfigureAwait(false);
                try
                {
                    QualityReport report = await QualityReading
                        .ReadAsync(
                            host.Context.Consume.Kafka,
                            host.Context.Redis.Redis.GetDatabase(),
                            host.Context.Keys.Prefix,
                            host.Context.Clock,
                            cancel
                        )
                        .ConfigureAwait(false);
                    return Results.Text(QualityText.Json(report), "application/json");
                }
                catch (CommandException failure)
                {
                    return Answers.Error(StatusCodes.Status503ServiceUnavailable, failure.Message);
                }
                finally
                {
                    oneQuality.Release();
                }
            })
            .ForRole(Role.Viewer)
            .Describe("Precision, recall and calibration by the labels that came since.");
        app.MapGet("/healthz", () =>
                host.Failure is { } failure
                    ? Answers.Json(
                        new JsonObject { ["status"] = "failed", ["why"] = failure.Message },
                        StatusCodes.Status503ServiceUnavailable
                    )
                    : Answers.Json(new JsonObject { ["status"] = "ok" })
            )
            .ForEveryone()
            .WithoutLimits()
            .Describe("Whether the process lives: 503 once a lane has failed.");
        app.MapGet("/readyz", () =>
            {
                bool settings = host.Settings.IsFresh,
                    labels = host.Context.Knowledge.Labels.IsFresh,
                    partitions = host.Lanes.Any(lane => lane.Names.Length > 0);
                string? redis = host.Context.Redis.Redis.IsConnected
                    ? host.Lanes.Select(lane => lane.Trouble).FirstOrDefault(trouble => trouble != null)
                    : "not connected";
                bool ready = settings && labels && partitions && redis == null && host.Failure == null;
                var answer = new JsonObject
                {
                    ["status"] = ready ? "ready" : "not ready",
                    ["settings"] = settings,
                    ["labels"] = labels,
                    ["partitions"] = partitions,
                    ["redis"] = redis ?? "ok",
                };
                if (host.Settings.Missing is { } missing)
                {
                    answer["missing"] = missing;
                }

                if (host.Context.Timeline.Latest.ClicksModel == null)
                {
                    answer["warnings"] = new JsonArray("no click forest is in force (model/clicks): every score is 0");
                }

                return Answers.Json(answer, ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
            })
            .ForEveryone()
            .WithoutLimits()
            .Describe(
                "Whether it decides: partitions are owned, settings and labels are fresh, and Redis takes results."
            );
    }

    private static async Task<byte[]?> VerdictOf(HttpContext http, VerdictLookup verdicts, TimeProvider clock)
    {
        string click = RoutePart.Id(http, "click");
        ClickPlace? place = PlaceQuery.Of(http.Request);
        int waitMs = StoredResults.WaitOf(http.Request);
        long since = clock.GetTimestamp();
        while (true)
        {
            byte[]? verdict = await verdicts.GetJsonAsync(click, place).ConfigureAwait(false);
            if (verdict != null || clock.GetElapsedTime(since).TotalMilliseconds >= waitMs)
            {
                return verdict;
            }

            await Task.Delay(LookEvery, clock, http.RequestAborted).ConfigureAwait(false);
        }
    }

    private static string NoVerdict(DeliverOptions deliver) =>
        deliver.OnlyNoteworthy
            ? "there is no verdict of this click: it isn't decided yet, its verdict has expired, or it is plain and "
                + "valid, of which nothing is written here (deliver.verdicts): give ?key= with &offset= or &sent= to "
                + "tell"
            : "there is no verdict of this click: it isn't decided yet, or its verdict has expired";
}

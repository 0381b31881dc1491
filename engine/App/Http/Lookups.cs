using Engine.App.Hosting;
using Engine.App.Quality;
using Ingest.Cli;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using StackExchange.Redis;

namespace Engine.App.Http;

/// <summary>Look-ups of verdicts, and health: alive while no lane has failed, ready while partitions are owned and settings are fresh.</summary>
internal static class Lookups
{
    public static void Map(WebApplication app, EngineHost host)
    {
        app.MapGet("/v1/verdicts/{click}", async (string click) =>
        {
            RedisValue verdict = await host.Context.Redis.Redis.GetDatabase().StringGetAsync(host.Context.Keys.Verdict(click)).ConfigureAwait(false);
            return verdict.IsNull
                ? Results.Json(new { error = "there is no verdict of this click: it isn't decided yet, or its verdict has expired" }, statusCode: StatusCodes.Status404NotFound)
                : Results.Bytes((byte[])verdict!, "application/json");
        });
        // It reads all labels each time: one at a time is enough for whoever looks.
        var oneQuality = new SemaphoreSlim(1);
        app.MapGet("/v1/quality", async (CancellationToken cancel) =>
        {
            await oneQuality.WaitAsync(cancel).ConfigureAwait(false);
            try
            {
                QualityReport report = await QualityReading.ReadAsync(host.Context.Consume.Kafka, host.Context.Redis.Redis.GetDatabase(), host.Context.Keys.Prefix, host.Context.Clock, cancel).ConfigureAwait(false);
                return Results.Text(QualityText.Json(report), "application/json");
            }
            catch (CommandFailure failure)
            {
                return Results.Json(new { error = failure.Message }, statusCode: StatusCodes.Status503ServiceUnavailable);
            }
            finally
            {
                oneQuality.Release();
            }
        });
        app.MapGet("/healthz", () => host.Failure is { } failure
            ? Results.Json(new { status = "failed", why = failure.Message }, statusCode: StatusCodes.Status503ServiceUnavailable)
            : Results.Json(new { status = "ok" }));
        app.MapGet("/readyz", () =>
        {
            bool settings = host.Settings.IsFresh, partitions = host.Lanes.Any(lane => lane.Names.Length > 0);
            string? redis = host.Lanes.Select(lane => lane.Trouble).FirstOrDefault(trouble => trouble != null);
            bool ready = settings && partitions && host.Failure == null;
            return Results.Json(new { status = ready ? "ready" : "not ready", settings, partitions, redis }, statusCode: ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
        });
    }
}

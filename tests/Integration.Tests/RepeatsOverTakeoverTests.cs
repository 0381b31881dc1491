using Engine.Contracts;
using Integration.Tests.Rig;
using Tests.Support;
using Xunit;

namespace Integration.Tests;

/// <summary>
/// An event that is sent again and again, over a change of owners: counted once, as if the owner had never changed.
/// </summary>
[Collection(RealKafka.AgainTests)]
public sealed class RepeatsOverTakeoverTests(RealKafka kafka)
{
    private const string Address = "203.0.113.9";

    /// <summary>
    /// Seen every 45 min, an id is remembered all along. A new owner's reading begins in between.
    /// </summary>
    [Fact]
    public Task An_id_is_remembered_from_when_it_was_last_seen() =>
        IsCountedOnceAsync(settings: null, beforeMinutes: [0, 45, 90], takeoverMinute: 131, afterMinute: 135);

    /// <summary>A new owner reads as far back as the settings remember ids.</summary>
    [Fact]
    public Task A_new_owner_remembers_ids_for_as_long_as_the_settings_say() =>
        IsCountedOnceAsync("""{"duplicates_ms":86400000}""", beforeMinutes: [0], takeoverMinute: 200, afterMinute: 240);

    private async Task IsCountedOnceAsync(string? settings, int[] beforeMinutes, int takeoverMinute, int afterMinute)
    {
        await using Lab lab = await Lab.RealAsync(kafka, Redises.Any, new EngineYaml { Samples = true });
        long start = LiveEvents.Now - (afterMinute + 1) * 60_000L;
        // It makes the topics.
        await lab.RunUntilIdleAsync(lab.Redis);
        if (settings != null)
        {
            await lab.Log.SendAsync(new LiveRecord(Topics.Settings, "limits/time", settings, start - 60_000));
        }

        foreach (int minute in beforeMinutes)
        {
            await SendAsync("same", minute);
        }

        await SendAsync("other-1", takeoverMinute);
        await lab.RunUntilIdleAsync(lab.Redis);

        await SendAsync("same", afterMinute);
        await SendAsync("other-2", afterMinute);
        await lab.RunUntilIdleAsync(lab.Redis);

        Assert.Equal(3, (await Outcome.OfAsync(lab.Redis, "engine")).Total("campaign", "clicks"));
        Assert.Equal([3L], await ContentRequestTests.CountsAsync(lab));

        async Task SendAsync(string id, int minute)
        {
            long time = start + minute * 60_000L;
            await lab.Log.SendAsync(LiveEvents.Click(id, time, Address));
            await lab.Log.SendAsync(
                new LiveRecord(
                    Topics.ContentRequests,
                    "sp-1",
                    ContentRequestTests.Request(id, "unknown/unit", time: time),
                    time
                )
            );
        }
    }
}

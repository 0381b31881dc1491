using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text.Json;
using Ingest.Confirmation.State;
using StackExchange.Redis;

namespace Ingest.Confirmation;

/// <summary>Sends what became of pages as events <c>confirmation</c>, and counts it. A page stays in
/// <c>confirm-pending</c> until Kafka has its event, so another front end sends it if this one dies; the engine counts
/// a click's first confirmation only. Also ends pages whose time is over, whichever front end showed them.</summary>
internal sealed class ConfirmationOutcomes(ConfirmationStates states, ConfirmationOptions options) : IAsyncDisposable
{
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(1);

    private const int AtATime = 100,
        LeaseMs = 30_000,
        BucketMs = 250;

    private readonly Counter<long> _pages = options.Meter.CreateCounter<long>(
        "ingest.confirmations",
        "{page}",
        "confirmation pages: shown, and what became of them"
    );
    private readonly Histogram<long> _latency = options.Meter.CreateHistogram<long>(
        "ingest.confirmation_time",
        "ms",
        "from the page to the hit"
    );
    private readonly CancellationTokenSource _stop = new();
    private Task _sweeping = Task.CompletedTask;

    public void Start() => _sweeping = SweepAsync();

    /// <summary>Counts a page that a click has got.</summary>
    public Task ShownAsync(string publisher, long now)
    {
        _pages.Add(1, new KeyValuePair<string, object?>("outcome", "shown"));
        return states.CountAsync(publisher, now, "shown");
    }

    /// <summary>Sends and counts an outcome. What fails is sent again by a sweep.</summary>
    public async Task ConcludeAsync(PendingPage page, ConfirmationState state)
    {
        await options.SendAsync(EventOf(page, state)).ConfigureAwait(false);
        await states.CountAsync(page.Publisher, state.Shown, FieldsOf(state)).ConfigureAwait(false);
        await states.SettleAsync(page).ConfigureAwait(false);
        _pages.Add(
            1,
            new KeyValuePair<string, object?>("outcome", state.Outcome),
            new KeyValuePair<string, object?>("way", state.Way)
        );
        if (state.Outcome == "confirmed")
        {
            _latency.Record(LatencyOf(state));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _sweeping.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task SweepAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                long now = options.Clock.GetUtcNow().ToUnixTimeMilliseconds();
                foreach (PendingPage page in await states.ClaimDueAsync(now, AtATime, LeaseMs).ConfigureAwait(false))
                {
                    await LookAtAsync(page, now).ConfigureAwait(false);
                }
            }
            catch (Exception e) when (e is RedisException or TimeoutException or IOException)
            {
                // Redis or Kafka is away: what was claimed is due again when the lease is over.
            }

            await Task.Delay(SweepEvery, options.Clock, _stop.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task LookAtAsync(PendingPage page, long now)
    {
        if (await states.ExpireAsync(page.Click, now).ConfigureAwait(false) is { } over)
        {
            await ConcludeAsync(page, over).ConfigureAwait(false);
        }
        else if (await states.ReadAsync(page.Click).ConfigureAwait(false) is { } open)
        {
            await states.PostponeAsync(page, open.Until + 1).ConfigureAwait(false);
        }
        else
        {
            await states.SettleAsync(page).ConfigureAwait(false);
        }
    }

    private static byte[] EventOf(PendingPage page, ConfirmationState state)
    {
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            writer.WriteString("type", "confirmation");
            writer.WriteString("click", page.Click);
            writer.WriteNumber("time", state.Answered!.Value);
            writer.WriteString("ip", page.Ip);
            writer.WriteString("outcome", state.Outcome);
            writer.WriteNumber("attempts", state.Attempts);
            writer.WriteNumber("latency_ms", LatencyOf(state));
            writer.WriteEndObject();
        }

        return json.ToArray();
    }

    private static IEnumerable<string> FieldsOf(ConfirmationState state)
    {
        yield return state.Outcome;
        if (state.Way == "accessible")
        {
            yield return "accessible";
        }

        if (state.Outcome == "confirmed")
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"ms:{LatencyOf(state) / BucketMs * BucketMs}");
        }
    }

    private static long LatencyOf(ConfirmationState state) => Math.Max(0, state.Answered!.Value - state.Shown);
}

using System.Globalization;
using System.Text;
using System.Text.Json;
using StackExchange.Redis;

namespace Ingest.Confirmation.State;

/// <summary>What became of an answer.</summary>
public enum AnswerOutcome
{
    /// <summary>The click is confirmed by this answer.</summary>
    Confirmed,

    /// <summary>It was confirmed by this very answer a moment ago.</summary>
    ConfirmedAgain,

    /// <summary>It missed; another attempt is open.</summary>
    Next,

    /// <summary>It missed, and was the last attempt.</summary>
    Missed,

    /// <summary>Time was over, which this answer found out first.</summary>
    Expired,

    /// <summary>The token was answered before, or another has taken its place.</summary>
    Used,

    /// <summary>The page is over since before, or not known any more.</summary>
    Gone,
}

/// <summary>The state of a click's page as Redis has it, <c>confirm:&lt;click&gt;</c>.</summary>
/// <param name="Outcome"><c>shown</c>, <c>confirmed</c>, <c>missed</c> or <c>expired</c>.</param>
/// <param name="Attempts">The number of the attempt that is open, or was the last.</param>
/// <param name="Shown">When the click got its page, ms.</param>
/// <param name="Answered">When the outcome was known, ms; null before.</param>
/// <param name="Way"><c>picture</c> or <c>accessible</c>.</param>
/// <param name="Until">When it expires without an answer, ms.</param>
public sealed record ConfirmationState(
    string Click,
    string Outcome,
    int Attempts,
    long Shown,
    long? Answered,
    string Way,
    long Until
)
{
    public bool IsOpen => Outcome == "shown";

    internal static ConfirmationState Parse(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        JsonElement state = document.RootElement;
        return new ConfirmationState(
            state.GetProperty("click").GetString()!,
            state.GetProperty("outcome").GetString()!,
            state.GetProperty("attempts").GetInt32(),
            state.GetProperty("shown").GetInt64(),
            state.TryGetProperty("answered", out JsonElement answered) ? answered.GetInt64() : null,
            state.GetProperty("way").GetString()!,
            state.GetProperty("until").GetInt64()
        );
    }
}

/// <summary>The pages of all front ends, in Redis: each step is one script, so that it happens once, whichever front
/// end takes it. Times are the front ends' clocks. Throws <see cref="RedisException"/> or
/// <see cref="TimeoutException"/> if Redis doesn't answer. Thread-safe.</summary>
/// <param name="prefix">The prefix of the keys.</param>
public sealed class ConfirmationStates(IConnectionMultiplexer redis, string prefix)
{
    /// <summary>How long a page waits for its answer.</summary>
    public static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(60);

    /// <summary>The number of attempts that a click has.</summary>
    public const int MaxAttempts = 3;

    /// <summary>How long after a hit the same answer leads on once more.</summary>
    private const int AgainWithinMs = 10_000;

    /// <summary>An answer sooner than this after its picture is a program's.</summary>
    private const int TooSoonMs = 300;

    /// <summary>How often a person may ask for more time.</summary>
    private const int MaxExtensions = 10;

    /// <summary>How many clicks of a network may go the accessible way in an hour.</summary>
    private const int MaxAccessible = 3;

    private const int AccessibleSeconds = 3600,
        KeepSeconds = 7 * 24 * 3600;

    /// <summary>Reads the state and defines how it is written. Each script goes on with <c>s</c>, which is nil if there
    /// is none. <c>now</c> is ARGV[1], the time to live ARGV[2].</summary>
    private const string Begin = """
        local text, now = redis.call('GET', KEYS[1]), tonumber(ARGV[1])
        local s = text and cjson.decode(text)
        local function write()
          redis.call('SET', KEYS[1], cjson.encode(s), 'EX', ARGV[2])
        end

        """;

    private const string OpenScript =
        Begin
        + """
            if s then return text end
            s = cjson.decode(ARGV[3])
            write()
            return ''
            """;

    /// <summary>Another token takes the open one's place.</summary>
    private const string ReplaceScript =
        Begin
        + """
            if not s or s.outcome ~= 'shown' or (ARGV[3] ~= '' and s.token ~= ARGV[3]) then return 0 end
            s.token, s.seen = ARGV[4], nil
            if ARGV[5] ~= '' then s.way = ARGV[5] end
            write()
            return 1
            """;

    private const string SeenScript =
        Begin
        + """
            if s and s.outcome == 'shown' and s.token == ARGV[3] and not s.seen then
              s.seen = now
              write()
            end
            return 1
            """;

    private const string ExtendScript =
        Begin
        + """
            if not s or s.outcome ~= 'shown' or s.token ~= ARGV[3] or now > s['until'] then return 0 end
            local more = (s.more or 0) + 1
            if more > tonumber(ARGV[4]) then return 0 end
            s.more, s['until'] = more, now + tonumber(ARGV[5])
            write()
            return 1
            """;

    private const string AnswerScript =
        Begin
        + """
            if not s then return 'Gone' end
            if s.outcome == 'confirmed' and s.token == ARGV[3] and now - s.answered <= tonumber(ARGV[7]) then
              return 'ConfirmedAgain'
            end
            if s.outcome ~= 'shown' then return s.outcome == 'expired' and 'Gone' or 'Used' end
            if now > s['until'] then
              s.outcome, s.answered = 'expired', now
              write()
              return 'Expired'
            end
            if s.token ~= ARGV[3] then return 'Used' end
            local hit = ARGV[4] == '1'
            if hit and ARGV[8] ~= '0' and s.way == 'picture' and (not s.seen or now - s.seen < tonumber(ARGV[8])) then
              hit = false
            end
            if hit then
              s.outcome, s.answered = 'confirmed', now
              write()
              return 'Confirmed'
            end
            if s.attempts >= tonumber(ARGV[6]) then
              s.outcome, s.answered = 'missed', now
              write()
              return 'Missed'
            end
            s.attempts, s.token, s.seen = s.attempts + 1, ARGV[5], nil
            write()
            return 'Next'
            """;

    /// <summary>Ends a page whose time is over, and returns the state; nothing if it isn't.</summary>
    private const string ExpireScript =
        Begin
        + """
            if not s then return '' end
            if s.outcome == 'shown' then
              if now <= s['until'] then return '' end
              s.outcome, s.answered = 'expired', now
              write()
            end
            return cjson.encode(s)
            """;

    private const string AllowScript = """
        local used = redis.call('INCR', KEYS[1])
        if used == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
        return used
        """;

    private readonly string _pending = prefix + "confirm-pending";

    private IDatabase Redis => redis.GetDatabase();

    /// <summary>Opens a click's page. Returns the state that it has already, if another request opened it; null if it
    /// is new.</summary>
    /// <param name="token">The id of the token of the first attempt.</param>
    /// <param name="pending">What the sweep needs to end it.</param>
    public async Task<ConfirmationState?> OpenAsync(string click, string token, PendingPage pending, long now)
    {
        long until = now + (long)AnswerWithin.TotalMilliseconds;
        await Redis.SortedSetAddAsync(_pending, pending.ToJson(), until, SortedSetWhen.NotExists).ConfigureAwait(false);
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            writer.WriteString("click", click);
            writer.WriteString("outcome", "shown");
            writer.WriteNumber("attempts", 1);
            writer.WriteNumber("shown", now);
            writer.WriteString("way", "picture");
            writer.WriteNumber("until", until);
            writer.WriteString("token", token);
            writer.WriteEndObject();
        }

        string there = await RunAsync(OpenScript, click, now, Encoding.UTF8.GetString(json.ToArray()))
            .ConfigureAwait(false);
        return there.Length == 0 ? null : ConfirmationState.Parse(there);
    }

    /// <summary>Reads a click's state; null if there is none.</summary>
    public async Task<ConfirmationState?> ReadAsync(string click) =>
        await Redis.StringGetAsync(KeyOf(click)).ConfigureAwait(false) is { IsNull: false } json
            ? ConfirmationState.Parse(json.ToString())
            : null;

    /// <summary>Puts another token in the place of the open one, without loss of an attempt.</summary>
    /// <param name="former">The id of the token that must be open; null for whichever is.</param>
    /// <param name="way">The way from now on; null for the same.</param>
    /// <returns>False if it isn't open.</returns>
    public async Task<bool> ReplaceAsync(string click, string? former, string token, string? way, long now) =>
        await RunAsync(ReplaceScript, click, now, former ?? "", token, way ?? "").ConfigureAwait(false) == "1";

    /// <summary>Notes when a token's picture was first fetched.</summary>
    public Task SeenAsync(string click, string token, long now) => RunAsync(SeenScript, click, now, token);

    /// <summary>Gives a page its full time again. Returns false if it is over, or was given it ten times.</summary>
    public async Task<bool> ExtendAsync(string click, string token, long now) =>
        await RunAsync(ExtendScript, click, now, token, MaxExtensions, (long)AnswerWithin.TotalMilliseconds)
            .ConfigureAwait(false) == "1";

    /// <summary>Takes an answer.</summary>
    /// <param name="token">The id of the answered token.</param>
    /// <param name="next">The id of the token of the next attempt, should there be one.</param>
    /// <param name="mayBeSoon">Whether an answer counts however soon it comes: for tests of an integration.</param>
    public async Task<AnswerOutcome> AnswerAsync(
        string click,
        string token,
        bool isHit,
        string next,
        bool mayBeSoon,
        long now
    ) =>
        Enum.Parse<AnswerOutcome>(
            await RunAsync(
                    AnswerScript,
                    click,
                    now,
                    token,
                    isHit ? 1 : 0,
                    next,
                    MaxAttempts,
                    AgainWithinMs,
                    mayBeSoon ? 0 : TooSoonMs
                )
                .ConfigureAwait(false)
        );

    /// <summary>Whether another click of a network may go the accessible way; counts it.</summary>
    public async Task<bool> MayGoAccessibleAsync(string network) =>
        (long)
            await Redis
                .ScriptEvaluateAsync(AllowScript, [prefix + "confirm-accessible:" + network], [AccessibleSeconds])
                .ConfigureAwait(false) <= MaxAccessible;

    /// <summary>Returns the pages whose time is over, and keeps other front ends from them for a while.</summary>
    /// <param name="leaseMs">How long others leave them alone.</param>
    public async Task<IReadOnlyList<PendingPage>> ClaimDueAsync(long now, int most, int leaseMs)
    {
        RedisResult claimed = await Redis
            .ScriptEvaluateAsync(
                """
                local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])
                for _, member in ipairs(due) do redis.call('ZADD', KEYS[1], ARGV[3], member) end
                return due
                """,
                [_pending],
                [now, most, now + leaseMs]
            )
            .ConfigureAwait(false);
        return [.. ((string[])claimed!).Select(PendingPage.Parse)];
    }

    /// <summary>Looks at a page when it is due: ends it if its time is over. Null if it has been given more time, or is
    /// unknown.</summary>
    public async Task<ConfirmationState?> ExpireAsync(string click, long now) =>
        await RunAsync(ExpireScript, click, now).ConfigureAwait(false) is { Length: > 0 } json
            ? ConfirmationState.Parse(json)
            : null;

    /// <summary>Looks at a page again at a time.</summary>
    public Task PostponeAsync(PendingPage page, long until) =>
        Redis.SortedSetAddAsync(_pending, page.ToJson(), until, SortedSetWhen.Exists);

    /// <summary>Forgets a page whose outcome is sent.</summary>
    public Task SettleAsync(PendingPage page) => Redis.SortedSetRemoveAsync(_pending, page.ToJson());

    /// <summary>Adds to the report of a publisher's hour.</summary>
    public async Task CountAsync(string publisher, long time, params IEnumerable<string> fields)
    {
        string hour = DateTimeOffset
            .FromUnixTimeMilliseconds(time)
            .ToString("yyyy-MM-ddTHH", CultureInfo.InvariantCulture);
        RedisKey key = $"{prefix}stats:confirmation:{publisher}:{hour}";
        IBatch batch = Redis.CreateBatch();
        List<Task> tasks = [.. fields.Select(field => batch.HashIncrementAsync(key, field))];
        tasks.Add(batch.KeyExpireAsync(key, TimeSpan.FromDays(35)));
        batch.Execute();
        await Task.WhenAll(tasks).ConfigureAwait(false);
    }

    private string KeyOf(string click) => prefix + "confirm:" + click;

    private async Task<string> RunAsync(string script, string click, long now, params RedisValue[] arguments) =>
        (
            await Redis
                .ScriptEvaluateAsync(script, [KeyOf(click)], [now, KeepSeconds, .. arguments])
                .ConfigureAwait(false)
        ).ToString() ?? "";
}

/// <summary>A page that waits for its outcome to be sent, as a member of <c>confirm-pending</c>.</summary>
/// <param name="Ip">The address of the click.</param>
public sealed record PendingPage(string Click, string Publisher, string Ip)
{
    internal string ToJson() => JsonSerializer.Serialize([Click, Publisher, Ip], PendingJson.Default.StringArray);

    internal static PendingPage Parse(string json)
    {
        string[] fields = JsonSerializer.Deserialize(json, PendingJson.Default.StringArray)!;
        return new PendingPage(fields[0], fields[1], fields[2]);
    }
}

/// <summary>Arrays of texts as JSON, without reflection.</summary>
[System.Text.Json.Serialization.JsonSerializable(typeof(string[]))]
internal sealed partial class PendingJson : System.Text.Json.Serialization.JsonSerializerContext;

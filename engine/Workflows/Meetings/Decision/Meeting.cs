using Engine.Workflows.Meetings.Events;

namespace Engine.Workflows.Meetings.Decision;

/// <summary>A notice to an absent invitee, or to their deputy.</summary>
internal sealed class Notice
{
    public required string Id { get; init; }

    /// <summary>The id of a rule's notice to a person.</summary>
    public static string IdOf(string meeting, string rule, string person) => $"{meeting}/{rule}/{person}";

    public required string Person { get; init; }

    public required string Rule { get; init; }

    /// <summary>When it fell due, ms of log time.</summary>
    public required long Due { get; init; }

    /// <summary>The index of the current channel; the number of channels once all were tried.</summary>
    public int Channel { get; set; } = -1;

    public NoticeState State { get; set; } = NoticeState.Sent;

    /// <summary>When the next channel is tried, ms of log time; <see cref="long.MaxValue"/> for never.</summary>
    public long NextAt { get; set; } = long.MaxValue;
}

/// <summary>What became of a notice.</summary>
internal enum NoticeState
{
    /// <summary>It isn't due yet.</summary>
    Pending,
    Sent,
    Delivered,

    /// <summary>All channels failed, or there were none.</summary>
    Failed,

    /// <summary>The meeting ended before it was due, or the person is no longer invited.</summary>
    Cancelled,

    /// <summary>Its rule is in shadow: it counts, and is never sent.</summary>
    Shadow,
}

/// <summary>A person's sessions in a meeting. Their events may come out of order.</summary>
internal sealed class Presence
{
    /// <summary>How many sessions of a person are kept; the oldest go first.</summary>
    private const int MaxSessions = 64;

    /// <summary>The latest event of each session: its time, and whether the session is open.</summary>
    public Dictionary<string, (long Time, bool IsOpen)> Sessions { get; } = new(StringComparer.Ordinal);

    /// <summary>When the last open session closed, ms of log time; <see cref="long.MinValue"/> if none was
    /// open.</summary>
    public long LeftAt { get; set; } = long.MinValue;

    /// <summary>By how much the person said to be late, ms.</summary>
    public long LateMs { get; set; }

    public bool IsOpen => Sessions.Values.Any(session => session.IsOpen);

    /// <summary>Whether the person counts as present at a time: a session is open, or was until a grace ago.</summary>
    public bool IsPresent(long logTime, long graceMs) => IsOpen || GraceEnd(graceMs) > logTime;

    /// <summary>When somebody who has left counts as absent; <see cref="long.MinValue"/> for who hasn't left.</summary>
    public long GraceEnd(long graceMs) => IsOpen || LeftAt == long.MinValue ? long.MinValue : LeftAt + graceMs;

    /// <summary>Takes an event of a session. Returns whether the person came or left by it.</summary>
    public bool Take(string session, long time, bool isOpen, long logTime)
    {
        if (Sessions.TryGetValue(session, out (long Time, bool IsOpen) known) && known.Time > time)
        {
            return false;
        }

        bool before = IsOpen;
        Sessions[session] = (time, isOpen);
        if (Sessions.Count > MaxSessions)
        {
            Sessions.Remove(
                Sessions
                    .OrderBy(one => one.Value.IsOpen)
                    .ThenBy(one => one.Value.Time)
                    .ThenBy(one => one.Key, StringComparer.Ordinal)
                    .First()
                    .Key
            );
        }

        if (before && !IsOpen)
        {
            LeftAt = logTime;
        }

        return before != IsOpen;
    }
}

/// <summary>A meeting: who is invited, who is there, and who was notified.</summary>
internal sealed class Meeting
{
    /// <summary>How many people's attendance is kept beside that of invitees.</summary>
    public const int MaxOthers = 1_000;

    /// <summary>How long a meeting is kept once it is over, ms.</summary>
    private const long OverForMs = 86_400_000;

    /// <summary>How long a meeting that nobody ended is kept after its start and its last event, ms: longer than any
    /// rule with all graces takes.</summary>
    private const long QuietForMs = 30 * 86_400_000L;

    private readonly Dictionary<string, Invitee> _invitees = new(StringComparer.Ordinal);

    public required string Id { get; init; }

    public MeetingScheduled? Plan
    {
        get;
        set
        {
            field = value;
            _invitees.Clear();
            foreach (Invitee invitee in value?.Invitees ?? [])
            {
                _invitees.TryAdd(invitee.Person, invitee);
            }
        }
    }

    public Dictionary<string, Presence> People { get; } = new(StringComparer.Ordinal);

    /// <summary>The notices by rule and person.</summary>
    public Dictionary<(string Rule, string Person), Notice> Notices { get; } = [];

    /// <summary>Whether the host has stopped notices.</summary>
    public bool IsStopped { get; set; }

    /// <summary><c>ended</c> or <c>cancelled</c>; null before.</summary>
    public string? Over { get; set; }

    /// <summary>The log time of the last event, ms.</summary>
    public long LastEvent { get; set; }

    /// <summary>The log time up to which rules were evaluated, ms. What fell due by then isn't evaluated again before
    /// attendance changes.</summary>
    public long EvaluatedTo { get; set; } = long.MinValue;

    /// <summary>The notices that weren't due when rules were last evaluated. Not remembered beyond this
    /// process.</summary>
    public IReadOnlyList<Notice> Pending { get; set; } = [];

    /// <summary>How many notices and further channels are due at a time of the clock and not sent.</summary>
    public int DueUnsent(long now) =>
        Over != null || IsStopped
            ? 0
            : Pending.Count(notice => notice.Due < now) + Notices.Values.Count(notice => notice.NextAt < now);

    /// <summary>When the meeting is forgotten, ms of log time.</summary>
    public long ForgottenAt =>
        Over != null ? LastEvent + OverForMs : Math.Max(LastEvent, Plan?.Start ?? 0) + QuietForMs;

    public string StateAt(long logTime) => Over ?? (Plan != null && logTime >= Plan.Start ? "running" : "scheduled");

    public Invitee? InviteeOf(string person) => _invitees.GetValueOrDefault(person);

    public bool IsThere(string person) => People.TryGetValue(person, out Presence? presence) && presence.IsOpen;

    /// <summary>The person's sessions; null if no more people are kept.</summary>
    public Presence? Of(string person)
    {
        if (!People.TryGetValue(person, out Presence? presence))
        {
            if (InviteeOf(person) == null && People.Count >= MaxOthers + (Plan?.Invitees.Count ?? 0))
            {
                return null;
            }

            People[person] = presence = new Presence();
        }

        return presence;
    }
}

using Engine.Contracts;
using Engine.Workflows.Meetings.Events;
using Engine.Workflows.Meetings.Settings;
using Engine.Workflows.Module;

namespace Engine.Workflows.Meetings.Decision;

/// <summary>The meetings of one partition. Rules are evaluated when they fall due for an invitee, and again whenever
/// attendance changes. Timers fire by due time, then meeting, so the order of results depends only on the
/// log.</summary>
internal sealed class MeetingPartition(string partition) : IDeciderPartition
{
    /// <summary>The rule that a notice names which the host has sent.</summary>
    private const string ByHost = "host";

    /// <summary>The remembered field of the rules' fingerprint. No meeting has this id.</summary>
    private const string RulesField = " rules";

    private readonly MeetingJson _json = new(partition);
    private readonly MeetingMemory _memory = new();
    private readonly Dictionary<string, Meeting> _meetings = new(StringComparer.Ordinal);
    private readonly DueTimes _timers = new();

    /// <summary>The fingerprint of the rules with which all meetings were last evaluated.</summary>
    private string? _rules;

    public long Due => _timers.Next;

    /// <summary>Changed rules apply to running meetings.</summary>
    public bool FollowsSettings => _meetings.Count > 0;

    public long? DueUnsent(long now) => _timers.Before(now).Sum(id => (long)_meetings[id].DueUnsent(now));

    public void Restore(string field, string value)
    {
        if (field == RulesField)
        {
            _rules = value;
            return;
        }

        if (MeetingMemory.IsPlan(field, out string planned))
        {
            Of(planned).Plan = MeetingMemory.ParsePlan(planned, value);
            return;
        }

        Meeting meeting = Of(field);
        _timers.Set(field, MeetingMemory.Restore(meeting, value));
    }

    public WorkflowEvent? Read(EventReader reader)
    {
        MeetingEvent e = MeetingEvent.Read(reader);
        return reader.IsGood ? e : null;
    }

    public Refusal? Refuse(WorkflowEvent e)
    {
        if (e is not MeetingNotice notice)
        {
            return null;
        }

        Meeting? meeting = _meetings.GetValueOrDefault(notice.Meeting);
        return meeting?.Plan?.Host != notice.By ? new Refusal(DeadLetterReason.OutOfRange, "by")
            : notice is { What: "send", Person: null } ? new Refusal(DeadLetterReason.MissingField, "person")
            : notice.Person != null && meeting.InviteeOf(notice.Person) == null
                ? new Refusal(DeadLetterReason.OutOfRange, "person")
            : null;
    }

    public void Recall(WorkflowEvent e, in Moment at)
    {
        // Meetings are remembered, not rebuilt.
    }

    public void Decide(WorkflowEvent e, in Moment at, IResults results)
    {
        var happened = (MeetingEvent)e;
        Meeting meeting = Of(happened.Meeting);
        if (meeting.Over != null && happened is not MeetingScheduled)
        {
            return;
        }

        meeting.LastEvent = at.LogTime;
        bool isAnew = false;
        switch (happened)
        {
            case MeetingScheduled scheduled:
                (meeting.Plan, meeting.Over, isAnew) = (scheduled, null, true);
                results.Remember(MeetingMemory.PlanFieldOf(meeting.Id), MeetingMemory.Of(scheduled));
                break;
            case MeetingAttendance attendance:
                isAnew = Attend(meeting, attendance, at.LogTime);
                break;
            case MeetingNotice { What: "send" } notice:
                Notify(meeting, ByHost, meeting.InviteeOf(notice.Person!)!, null, at.LogTime, at, results);
                break;
            case MeetingNotice notice:
                meeting.IsStopped = notice.What == "stop";
                isAnew = !meeting.IsStopped;
                break;
            case NoticeDelivery delivery:
                Deliver(meeting, delivery, at.LogTime);
                break;
            case MeetingEnded ended:
                meeting.Over = ended.IsCancelled ? "cancelled" : "ended";
                break;
        }

        // What is due at this very moment waits: who comes at the due moment isn't missed.
        LookAt(meeting, at.LogTime - 1, isAnew, at, results);
    }

    public void Elapse(in Moment at, IResults results)
    {
        (long due, string id) = _timers.First;
        Meeting meeting = _meetings[id];
        if (due >= meeting.ForgottenAt)
        {
            _timers.Set(id, long.MaxValue);
            _meetings.Remove(id);
            results.Remember(id, null);
            results.Remember(MeetingMemory.PlanFieldOf(id), null);
            return;
        }

        LookAt(meeting, at.LogTime, isAnew: false, at, results);
    }

    public void SettingsChanged(in Moment at, IResults results)
    {
        string rules = Rules(at).Fingerprint;
        if (rules == _rules)
        {
            return;
        }

        _rules = rules;
        results.Remember(RulesField, rules);
        foreach (Meeting meeting in _meetings.Values.OrderBy(meeting => meeting.Id, StringComparer.Ordinal).ToArray())
        {
            LookAt(meeting, at.LogTime - 1, isAnew: true, at, results);
        }
    }

    /// <summary>Takes attendance. Returns whether rules have to be evaluated anew.</summary>
    private static bool Attend(Meeting meeting, MeetingAttendance e, long logTime)
    {
        if (meeting.Of(e.Person) is not { } presence)
        {
            return false;
        }

        bool isAnew = true;
        if (e.What == "acknowledged")
        {
            presence.LateMs = e.LateSeconds * 1000;
        }
        else
        {
            isAnew = presence.Take(e.Session, e.Time, e.What == "joined", logTime);
        }

        if (e.What == "acknowledged" || presence.IsOpen)
        {
            // Who comes, or says so, is tried on no further channel.
            foreach (Notice notice in meeting.Notices.Values.Where(notice => notice.Person == e.Person))
            {
                notice.NextAt = long.MaxValue;
            }
        }

        return isAnew;
    }

    private static void Deliver(Meeting meeting, NoticeDelivery e, long logTime)
    {
        if (
            meeting.Notices.Values.FirstOrDefault(one => one.Id == e.Notice) is not { } notice
            || meeting.InviteeOf(notice.Person)?.Channels.ElementAtOrDefault(notice.Channel)?.Way != e.Channel
        )
        {
            return;
        }

        if (e.IsDelivered)
        {
            notice.State = NoticeState.Delivered;
        }
        else if (notice.State == NoticeState.Sent)
        {
            // The next channel is due at once, unless the person has come meanwhile.
            notice.State = NoticeState.Failed;
            notice.NextAt = notice.NextAt == long.MaxValue ? long.MaxValue : logTime - 1;
        }
    }

    /// <summary>Sends what is due by a time, sets the timer for what isn't, and writes the meeting.</summary>
    /// <param name="until">What is due at this log time, ms, or before is sent.</param>
    /// <param name="isAnew">Whether to evaluate rules that were due before as well.</param>
    private void LookAt(Meeting meeting, long until, bool isAnew, in Moment at, IResults results)
    {
        long next = meeting.ForgottenAt;
        List<Notice> pending = [];
        if (meeting.Plan is { } plan)
        {
            if (meeting.Over == null && plan.Start > until)
            {
                next = Math.Min(next, plan.Start);
            }

            foreach (string id in plan.Rules)
            {
                if (Rules(at).ById.TryGetValue(id, out MeetingRule? rule))
                {
                    next = Math.Min(next, Apply(rule, meeting, plan, until, isAnew, pending, at, results));
                }
            }

            if (meeting is { Over: null, IsStopped: false })
            {
                next = Math.Min(next, TryNextChannels(meeting, until, at, results));
            }
        }

        meeting.EvaluatedTo = Math.Max(meeting.EvaluatedTo, until);
        meeting.Pending = pending;
        _timers.Set(meeting.Id, next);
        results.Remember(meeting.Id, _memory.Of(meeting, next));
        results.Replace(
            new RecordChange(MeetingKeys.Record(meeting.Id), _json.Record(meeting, pending, at), at.Offset, [])
        );
    }

    /// <summary>Applies a rule to all invitees. Returns when it has to be applied again.</summary>
    private long Apply(
        MeetingRule rule,
        Meeting meeting,
        MeetingScheduled plan,
        long until,
        bool isAnew,
        List<Notice> pending,
        in Moment at,
        IResults results
    )
    {
        long next = long.MaxValue;
        foreach (Invitee invitee in plan.Invitees)
        {
            long graceEnd = meeting.People.GetValueOrDefault(invitee.Person)?.GraceEnd(rule.LeaveGraceMs) ?? 0;
            if (graceEnd > until && meeting.Over == null)
            {
                next = Math.Min(next, graceEnd);
            }
            else if (graceEnd > meeting.EvaluatedTo)
            {
                // Somebody has become absent since, which others' conditions may depend on.
                isAnew = true;
            }
        }

        Attendance? attendance = null;
        bool? holds = null;
        foreach (Invitee invitee in plan.Invitees)
        {
            if (meeting.Notices.ContainsKey((rule.Id, invitee.Person)) || meeting.IsThere(invitee.Person))
            {
                continue;
            }

            Presence? presence = meeting.People.GetValueOrDefault(invitee.Person);
            long due = plan.Start + rule.AfterMs + invitee.GraceSeconds * 1000 + (presence?.LateMs ?? 0);
            due = Math.Max(due, presence?.GraceEnd(rule.LeaveGraceMs) ?? due);
            if (due > until || meeting.IsStopped)
            {
                pending.Add(PendingOf(meeting, rule, invitee, due));
                next = meeting is { Over: null, IsStopped: false } ? Math.Min(next, due) : next;
                continue;
            }

            if (meeting.Over != null || (!isAnew && due <= meeting.EvaluatedTo))
            {
                continue;
            }

            attendance ??= new Attendance(meeting, until, rule.LeaveGraceMs);
            holds ??= rule.When == null || MeetingValues.Holds(rule.When, attendance);
            if (holds.Value && (!rule.ToRoles || attendance.HasMissingRole(invitee)))
            {
                Notify(meeting, rule.Id, invitee, rule, due, at, results);
            }
        }

        return next;
    }

    private static Notice PendingOf(Meeting meeting, MeetingRule rule, Invitee invitee, long due) =>
        new()
        {
            Id = Notice.IdOf(meeting.Id, rule.Id, invitee.Person),
            Person = invitee.Person,
            Rule = rule.Id,
            Due = due,
            Channel = 0,
            State = NoticeState.Pending,
        };

    /// <summary>Tries the next channels of notices that were not delivered, or brought nobody. Returns when the next
    /// is due.</summary>
    private long TryNextChannels(Meeting meeting, long until, in Moment at, IResults results)
    {
        foreach (Notice notice in meeting.Notices.Values.Where(one => one.NextAt <= until).ToArray())
        {
            if (meeting.InviteeOf(notice.Person) is { } invitee)
            {
                Next(meeting, notice, invitee, Rules(at).ById.GetValueOrDefault(notice.Rule), at, results);
            }
            else
            {
                (notice.State, notice.NextAt) = (NoticeState.Cancelled, long.MaxValue);
            }
        }

        return meeting.Notices.Count == 0 ? long.MaxValue : meeting.Notices.Values.Min(notice => notice.NextAt);
    }

    private void Notify(
        Meeting meeting,
        string rule,
        Invitee invitee,
        MeetingRule? setting,
        long due,
        in Moment at,
        IResults results
    )
    {
        if (meeting.Notices.ContainsKey((rule, invitee.Person)) || meeting.IsThere(invitee.Person))
        {
            return;
        }

        var notice = new Notice
        {
            Id = Notice.IdOf(meeting.Id, rule, invitee.Person),
            Person = invitee.Person,
            Rule = rule,
            Due = due,
        };
        meeting.Notices[(rule, invitee.Person)] = notice;
        if (setting?.IsShadow == true)
        {
            notice.State = NoticeState.Shadow;
            results.Shadowed(rule);
        }
        else
        {
            Next(meeting, notice, invitee, setting, at, results);
        }
    }

    /// <summary>Sends a notice on its next channel; after the last one, notifies the deputy.</summary>
    private void Next(
        Meeting meeting,
        Notice notice,
        Invitee invitee,
        MeetingRule? rule,
        in Moment at,
        IResults results
    )
    {
        notice.NextAt = long.MaxValue;
        notice.Channel = Math.Min(notice.Channel + 1, invitee.Channels.Count);
        if (notice.Channel < invitee.Channels.Count)
        {
            notice.State = NoticeState.Sent;
            notice.NextAt = at.LogTime + (rule?.NextChannelAfterMs ?? MeetingRule.DefaultNextChannelAfterMs);
            results.Notify(
                invitee.Person,
                _json.Notice(meeting, notice, invitee.Channels[notice.Channel], rule, at.LogTime)
            );
            return;
        }

        notice.State = notice.State == NoticeState.Delivered ? NoticeState.Delivered : NoticeState.Failed;
        if (invitee.Deputy != null && meeting.InviteeOf(invitee.Deputy) is { } deputy)
        {
            Notify(meeting, notice.Rule, deputy, rule, at.LogTime, at, results);
        }
    }

    private Meeting Of(string id)
    {
        if (!_meetings.TryGetValue(id, out Meeting? meeting))
        {
            _meetings[id] = meeting = new Meeting { Id = id };
        }

        return meeting;
    }

    private static MeetingRules Rules(in Moment at) => (MeetingRules)at.Settings;
}

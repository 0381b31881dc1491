using Engine.Workflows.Meetings.Events;

namespace Engine.Workflows.Meetings.Decision;

/// <summary>Who of the invitees counts as present at one moment, under one rule's leave grace.</summary>
internal sealed class Attendance
{
    private readonly HashSet<string> _present;

    public Attendance(Meeting meeting, long logTime, long leaveGraceMs)
    {
        IReadOnlyList<Invitee> invitees = meeting.Plan!.Invitees;
        _present =
        [
            .. invitees
                .Select(invitee => invitee.Person)
                .Where(person => meeting.People.GetValueOrDefault(person)?.IsPresent(logTime, leaveGraceMs) == true),
        ];
        Invited = invitees.Count;
        ElapsedSeconds = (logTime - meeting.Plan.Start) / 1000;
        HashSet<string> covered =
        [
            .. invitees.Where(invitee => IsPresent(invitee.Person)).SelectMany(invitee => invitee.Roles),
        ];
        RolesMissing =
        [
            .. invitees
                .SelectMany(invitee => invitee.Roles)
                .Where(role => !covered.Contains(role))
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];
    }

    public long ElapsedSeconds { get; }

    public int Invited { get; }

    public int Present => _present.Count;

    /// <summary>Roles of invitees that nobody present has.</summary>
    public IReadOnlyList<string> RolesMissing { get; }

    public bool IsPresent(string person) => _present.Contains(person);

    public bool HasMissingRole(Invitee invitee) => invitee.Roles.Any(RolesMissing.Contains);
}

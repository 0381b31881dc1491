using Engine.Conditions;

namespace Engine.Workflows.Meetings.Decision;

/// <summary>The values of <c>meeting.…</c> in conditions, in the order of their names.</summary>
internal readonly record struct MeetingValues(Attendance Attendance) : ICelBindings
{
    public static bool Holds(Condition condition, Attendance attendance)
    {
        var values = new MeetingValues(attendance);
        return condition.TryEvaluate(ref values, out CelValue value, out _) && value.IsTrue;
    }

    public CelValue Get(int slot) =>
        slot switch
        {
            0 => CelValue.Of(Attendance.ElapsedSeconds),
            1 => CelValue.Of((long)Attendance.Present),
            2 => CelValue.Of((long)Attendance.Invited),
            3 => CelValue.Of(Attendance.Invited == 0 ? 1.0 : (double)Attendance.Present / Attendance.Invited),
            4 => CelValue.Of(Attendance.ElapsedSeconds >= 0),
            5 => CelValue.Of([.. Attendance.RolesMissing.Select(role => CelValue.Of(role))]),
            _ => throw new ArgumentOutOfRangeException(nameof(slot)),
        };
}

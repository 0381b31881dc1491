namespace Engine.Workflows.Meetings.Decision;

/// <summary>The Redis keys of meetings, without the group's prefix.</summary>
public static class MeetingKeys
{
    /// <summary>The record of a meeting.</summary>
    public static string Record(string id) => $"meeting:{id}";
}

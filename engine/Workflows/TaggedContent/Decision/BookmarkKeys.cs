namespace Engine.Workflows.TaggedContent.Decision;

/// <summary>The Redis keys of bookmarks, without the group's prefix.</summary>
public static class BookmarkKeys
{
    /// <summary>Who has a bookmark, and with which tags.</summary>
    public static string Record(string bookmark) => $"bookmark:{bookmark}";
}

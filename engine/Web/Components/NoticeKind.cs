namespace Engine.Web.Components;

/// <summary>The kind of a <see cref="Notice"/>.</summary>
public enum NoticeKind : byte
{
    /// <summary>For information.</summary>
    Information,

    /// <summary>The requested action succeeded.</summary>
    Success,

    /// <summary>Something is wrong; screen readers announce it at once.</summary>
    Problem,
}

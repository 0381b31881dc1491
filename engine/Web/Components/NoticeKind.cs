namespace Engine.Web.Components;

/// <summary>What kind of message a <see cref="Notice"/> is.</summary>
public enum NoticeKind : byte
{
    /// <summary>Something to know.</summary>
    Information,

    /// <summary>What was asked for is done.</summary>
    Success,

    /// <summary>Something is wrong; read out at once.</summary>
    Problem,
}

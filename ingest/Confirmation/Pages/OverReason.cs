namespace Ingest.Confirmation.Pages;

/// <summary>Why a page takes no answer any more.</summary>
public enum OverReason
{
    /// <summary>All attempts missed.</summary>
    Missed,

    /// <summary>It was answered, or a newer page has taken its place.</summary>
    Answered,

    /// <summary>Nobody answered in time.</summary>
    TimeOver,
}

namespace Engine.Web;

/// <summary>
/// A request that can't be served, for a reason that its sender may know. Thrown by any endpoint or page;
/// the kit makes a page or JSON of it.
/// </summary>
/// <param name="status">400 and above.</param>
/// <param name="error">What is wrong and what to do, in a sentence.</param>
/// <param name="where">The field or the part of the request; null is its path.</param>
public sealed class RefusedException(int status, string error, string? where = null) : Exception(error)
{
    /// <summary>The status of the answer.</summary>
    public int Status => status;

    /// <summary>The field or the part of the request.</summary>
    public string? Where => where;

    /// <summary>The heading of the page; by default what the status is called.</summary>
    public string? Title { get; init; }

    /// <summary>Where people may go from the page: address and words.</summary>
    public (string Address, string Words)? Next { get; init; }
}

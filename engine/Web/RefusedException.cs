namespace Engine.Web;

/// <summary>A request that can't be served, for a reason that the client may know. Any endpoint or page may throw it;
/// the kit turns it into a page or JSON.</summary>
/// <param name="status">The status of the response, 400 or above.</param>
/// <param name="error">What is wrong and what to do, in a sentence.</param>
/// <param name="where">The field or the part of the request; null for its path.</param>
public sealed class RefusedException(int status, string error, string? where = null) : Exception(error)
{
    /// <summary>The status of the response.</summary>
    public int Status => status;

    /// <summary>The field or the part of the request.</summary>
    public string? Where => where;

    /// <summary>The heading of the page; by default the name of the status.</summary>
    public string? Title { get; init; }

    /// <summary>A link to continue from the page: address and words.</summary>
    public (string Address, string Words)? Next { get; init; }
}

namespace Ingest.Tail.Formats;

/// <summary>How a format spells bytes that it can't hold as they are.</summary>
internal enum FieldEscapes
{
    /// <summary>As Apache, nginx and JSON do, in one: <c>\"</c>, <c>\n</c>, <c>\x22</c>, <c>\u0022</c>.</summary>
    Backslash,

    /// <summary>As CloudFront does: <c>%20</c>, or <c>%2520</c>.</summary>
    Percent,
}

/// <summary>A format of access logs: finds the fields of a line. Each log has its own instance, which may keep what the
/// log's header says. For each file of the log, call <see cref="Begin"/>, then <see cref="Read"/> for its lines.
/// Allocates nothing for a line. Not thread-safe.</summary>
internal abstract class LogFormat
{
    /// <summary>The name, as in <c>--format</c>.</summary>
    internal abstract string Name { get; }

    /// <summary>How fields are escaped.</summary>
    internal virtual FieldEscapes Escapes => FieldEscapes.Backslash;

    /// <summary>Whether lines have X-Forwarded-For.</summary>
    internal abstract bool HasForwardedFor { get; }

    /// <summary>Starts a file.</summary>
    /// <param name="head">The first bytes of the file, which matter if reading continues behind them.</param>
    internal virtual void Begin(ReadOnlySpan<byte> head) { }

    /// <summary>Finds the fields of a line.</summary>
    /// <returns>Whether the line is a request. If it isn't, <see cref="LoggedRequest.Problem"/> has the reason, or null
    /// for a line that the format has besides requests.</returns>
    internal abstract bool Read(ReadOnlySpan<byte> line, ref LoggedRequest request);
}

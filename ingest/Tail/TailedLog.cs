using Engine.CommandLine;
using Ingest.Tail.Formats;

namespace Ingest.Tail;

/// <summary>A log of a run: its file, the file of its place, and its format. The format is recognized when the first
/// line comes, and stays through rotations.</summary>
internal sealed class TailedLog(LogFile file, string placePath, TailRequest request) : IDisposable
{
    private LogFormat? _format = request.Format is LogFormats.Auto or LogFormats.Events
        ? null
        : LogFormats.Create(request.Format);
    private int _begun;

    internal LogFile File { get; } = file;

    internal string PlacePath { get; } = placePath;

    /// <summary>Gets the format for the file that lines come from now.</summary>
    /// <exception cref="CommandException">The format can't be recognized.</exception>
    internal LogFormat FormatNow() => _begun == File.Opened ? _format! : Begin();

    private LogFormat Begin()
    {
        byte[] head = File.Head(LogFormats.HeadBytes);
        _format ??= LogFormats.Recognize(head, request.BehindProxy)
            ?? throw new CommandException(
                request.BehindProxy
                    ? $"{File.Reading}: the first lines are in no format with X-Forwarded-For, from which "
                        + "--behind-proxy takes addresses: let the server log it, or name the format with --format."
                    : $"{File.Reading}: the format of the first lines isn't known: name it with --format, or describe "
                        + "it with --format 'pattern=…'."
            );
        _format.Begin(head);
        _begun = File.Opened;
        return _format;
    }

    public void Dispose() => File.Dispose();
}

using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Engine.Client.Checks;
using Engine.CommandLine;
using Engine.Workflows;

namespace Ingest.Replay;

/// <summary>An event from a file.</summary>
/// <param name="TimeMs">The event's time, as in the file.</param>
internal sealed record ReplayEvent(byte[] Json, CheckedEvent Found, long TimeMs)
{
    /// <summary>Gets the event's JSON with its time shifted.</summary>
    internal byte[] MovedBy(long shiftMs)
    {
        if (shiftMs == 0)
        {
            return Json;
        }

        byte[] digits = Encoding.ASCII.GetBytes((TimeMs + shiftMs).ToString(CultureInfo.InvariantCulture));
        return [.. Json.AsSpan(0, Found.TimeAt), .. digits, .. Json.AsSpan(Found.TimeAt + Found.TimeLength)];
    }
}

/// <summary>A line that can't be sent, and why.</summary>
internal readonly record struct RefusedLine(string File, long Line, string Why);

/// <summary>A file of events or recorded paths, one per line, optionally in gzip. Call <see cref="Scan"/> first: it
/// collects what the file contains and reports lines that can't be sent. Then <see cref="Events"/> returns the events
/// in order of time: from a second read if the file is in that order, otherwise from memory.</summary>
internal sealed class ReplayFile(string path)
{
    private List<ReplayEvent>? _sorted;

    internal string Path => path;

    /// <summary>The number of events that can be sent.</summary>
    internal long Count { get; private set; }
    internal long FirstMs { get; private set; } = long.MaxValue;
    internal long LastMs { get; private set; } = long.MinValue;
    internal HashSet<string> Topics { get; } = [];

    /// <summary>Whether its times are synthetic, and so may be shifted to fit.</summary>
    internal bool HoldsPaths { get; private set; }

    internal void Scan(Action<RefusedLine> refuse)
    {
        bool inOrder = true;
        long before = long.MinValue;
        foreach (ReplayEvent found in Read(refuse))
        {
            inOrder &= found.TimeMs >= before;
            before = found.TimeMs;
            FirstMs = Math.Min(FirstMs, before);
            LastMs = Math.Max(LastMs, before);
            Topics.Add(found.Found.Topic!);
            Count++;
        }
        if (!inOrder)
        {
            _sorted = [.. Read(_ => { }).OrderBy(found => found.TimeMs)];
        }
    }

    internal IEnumerable<ReplayEvent> Events() => _sorted ?? Read(_ => { });

    private IEnumerable<ReplayEvent> Read(Action<RefusedLine> refuse)
    {
        var paths = new PathRecords();
        using var lines = new LineReader(Open());
        while (true)
        {
            ReplayEvent? found;
            try
            {
                if (!Next(lines, paths, refuse, out found))
                {
                    yield break;
                }
            }
            catch (Exception error) when (error is InvalidDataException or IOException)
            {
                throw new CommandException($"{path}: can't be read after line {lines.Line}: {error.Message}");
            }
            if (found is not null)
            {
                yield return found;
            }
        }
    }

    private bool Next(LineReader lines, PathRecords paths, Action<RefusedLine> refuse, out ReplayEvent? found)
    {
        found = null;
        if (!lines.Next(out ReadOnlySpan<byte> line, out bool tooLong))
        {
            return false;
        }

        if (tooLong)
        {
            refuse(new RefusedLine(path, lines.Line, $"an event can't be longer than {LineReader.MaxLine:N0} bytes"));
            return true;
        }
        if (line.IsEmpty || !line.ContainsAnyExcept(" \t"u8))
        {
            return true;
        }

        CheckedEvent check = EventCheck.Inspect(line, WorkflowEvents.All);
        byte[]? json = null;
        if (check.Detail == "type" && TryPath(line, paths, out byte[] click))
        {
            json = click;
            check = EventCheck.Inspect(json, WorkflowEvents.All);
            HoldsPaths = true;
        }
        if (check.CanBeSent)
        {
            found = new ReplayEvent(json ?? line.ToArray(), check, check.Time!.Value);
        }
        else
        {
            refuse(new RefusedLine(path, lines.Line, Refusal.InWords(check, json ?? line)));
        }

        return true;
    }

    private static bool TryPath(ReadOnlySpan<byte> line, PathRecords paths, out byte[] click)
    {
        click = [];
        var reader = new Utf8JsonReader(line);
        using JsonDocument record = JsonDocument.ParseValue(ref reader);
        if (!PathRecords.IsOne(record.RootElement))
        {
            return false;
        }

        click = paths.ToClick(record.RootElement);
        return true;
    }

    private Stream Open()
    {
        try
        {
            var file = new FileStream(
                path,
                FileMode.Open,
                FileAccess.Read,
                FileShare.ReadWrite,
                1 << 16,
                FileOptions.SequentialScan
            );
            if (!file.CanSeek)
            {
                throw new CommandException(
                    $"{path} is a pipe, but replay reads a file twice: write it to a file first.",
                    ExitCodes.WrongUse
                );
            }
            // gzip is recognised by its first two bytes, whatever the file's name.
            bool gzip = file.ReadByte() == 0x1f && file.ReadByte() == 0x8b;
            file.Position = 0;
            return gzip ? new GZipStream(file, CompressionMode.Decompress) : file;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CommandException($"{path}: no such file.", ExitCodes.WrongUse);
        }
        catch (UnauthorizedAccessException)
        {
            throw new CommandException(
                Directory.Exists(path)
                    ? $"{path} is a directory: give the files in it."
                    : $"{path} can't be read by this user: permission denied.",
                ExitCodes.WrongUse
            );
        }
    }
}

using System.Text.RegularExpressions;
using Engine.CommandLine;

namespace Ingest.Tail;

/// <summary>Receives a line: its text without the line ending (empty if it is too long), its number from 1, its offset,
/// and whether it is too long. The text is good until the task ends.</summary>
internal delegate ValueTask TakeLine(ReadOnlyMemory<byte> line, long number, long offset, bool tooLong);

/// <summary>A server's log, read line by line from a place onwards, through its rotations. A renamed file is read to
/// its end, and for as long as the server still writes to it, before the file that took its name. If the log was copied
/// and truncated, the rest is read from the copy. A compressed file is decompressed, and isn't expected to grow. Call
/// <see cref="ReadAsync"/> repeatedly; <see cref="Place"/> is the end of the lines delivered so far. Not
/// thread-safe.</summary>
/// <param name="path">The path of the log.</param>
/// <param name="place">The place to continue from; null for the beginning.</param>
/// <param name="time">The clock.</param>
internal sealed partial class LogFile(string path, TailPlace? place, TimeProvider time) : IDisposable
{
    /// <summary>The maximum length of a line; longer ones are skipped. Servers accept requests of 8 to 64 KiB, and an
    /// event has at most 256 KiB.</summary>
    internal const int MaxLine = 512 * 1024;

    /// <summary>The time without new lines after which a renamed log is finished: servers keep writing to it until they
    /// are told to open a new one, usually within about a second.</summary>
    private static readonly TimeSpan QuietAfterRename = TimeSpan.FromSeconds(2);

    private const string Compressed = ".gz";

    /// <summary>The number of bytes to read at once.</summary>
    private const int BlockBytes = 256 * 1024;

    private readonly string _path = path;
    private readonly Queue<string> _renamedSince = new();
    private Stream? _file;
    private byte[] _buffer = new byte[2 * BlockBytes];
    private TailPlace _place = place ?? TailPlace.Start;
    private long _offset,
        _line,
        _quietSince;
    private bool _resumed = place is null or { Offset: 0 };

    /// <summary>The file that lines come from: the log, or a file that it was renamed to.</summary>
    internal string Reading { get; private set; } = path;

    /// <summary>The number of files that lines have come from.</summary>
    internal int Opened { get; private set; }

    /// <summary>Messages for the operator about what happened to the log.</summary>
    internal Queue<string> Notes { get; } = new();

    /// <summary>Whether an incomplete line follows the last complete one.</summary>
    internal bool HasOpenEnd { get; private set; }

    /// <summary>The end of the lines delivered so far.</summary>
    internal TailPlace Place =>
        _file is null || _place.Offset == _offset ? _place : _place = TailPlace.Of(_file, _offset, _line);

    /// <summary>Reads the lines that are available now.</summary>
    /// <param name="follow">Whether to wait briefly for more if another log has taken this one's name.</param>
    /// <returns>Whether more may be available at once: there were lines, or the next file is due.</returns>
    internal async ValueTask<bool> ReadAsync(bool follow, TakeLine take, CancellationToken cancel)
    {
        if (_file is null && !Open())
        {
            return false;
        }

        if (!_place.IsIn(_file!))
        {
            Notes.Enqueue($"{Reading} was truncated.");
            Close();
            _resumed = false;
            return true;
        }
        long before = _offset;
        bool replaced = IsReplaced(),
            finished = replaced && (!follow || time.GetElapsedTime(_quietSince) >= QuietAfterRename);
        // The last line of a log that is no longer written to never gets its line ending.
        await LinesAsync(finished || _file is InflatedFile, take, cancel).ConfigureAwait(false);
        if (_offset != before)
        {
            _ = Place;
            _quietSince = time.GetTimestamp();
            return true;
        }
        if (finished)
        {
            Close();
        }

        return finished;
    }

    private bool Open()
    {
        if (!_resumed)
        {
            _resumed = true;
            if (Resume())
            {
                return true;
            }
        }
        string next = _renamedSince.TryDequeue(out string? older) ? older : _path;
        if (!File.Exists(next))
        {
            return false;
        }

        Begin(Share(next), next, TailPlace.Start);
        return true;
    }

    /// <summary>Finds the file that contains the place: the log itself, or a file that it was renamed or copied
    /// to.</summary>
    private bool Resume()
    {
        foreach (
            string candidate in new[] { _path }
                .Where(File.Exists)
                .Concat(Renamed().OrderByDescending(File.GetLastWriteTimeUtc))
        )
        {
            Stream file = Share(candidate);
            if (!_place.IsIn(file))
            {
                file.Dispose();
                continue;
            }
            Begin(file, candidate, _place);
            if (candidate == _path)
            {
                return true;
            }

            Notes.Enqueue($"the rest of {_path} is now in {candidate}, which is read first.");
            DateTime written = File.GetLastWriteTimeUtc(candidate);
            foreach (
                string newer in Renamed()
                    .Where(other => other != candidate && File.GetLastWriteTimeUtc(other) > written)
                    .OrderBy(File.GetLastWriteTimeUtc)
            )
            {
                _renamedSince.Enqueue(newer);
            }

            return true;
        }
        Notes.Enqueue(
            $"no file here contains the place up to which {_path} was read (was it truncated, moved, or compressed "
                + "otherwise than with gzip?): lines after it are lost unless you send them again; "
                + $"{_path} is read from its beginning."
        );
        return false;
    }

    private void Begin(Stream file, string name, TailPlace at)
    {
        (_file, Reading, _place, _offset, _line) = (file, name, at, at.Offset, at.Line);
        Opened++;
        _quietSince = time.GetTimestamp();
    }

    private void Close()
    {
        _file!.Dispose();
        _file = null;
    }

    /// <summary>Gets the files beside the log whose name adds a number, a date or the like, as rotation does. While a
    /// file is being compressed, its copy isn't complete, and isn't included.</summary>
    private IEnumerable<string> Renamed()
    {
        string full = Path.GetFullPath(_path),
            name = Path.GetFileName(full),
            folder = Path.GetDirectoryName(full)!;
        return Directory.Exists(folder)
            ? Directory
                .EnumerateFiles(folder, name + "*")
                .Where(other => RotationSuffix().IsMatch(Path.GetFileName(other)[name.Length..]))
                .Where(other => !other.EndsWith(Compressed, StringComparison.Ordinal) || !File.Exists(other[..^3]))
            : [];
    }

    [GeneratedRegex(@"^[.\-_]([0-9][0-9.\-_T:]*|old|bak)(\.gz)?$")]
    private static partial Regex RotationSuffix();

    /// <summary>Whether the next log is due: another one was renamed after this one, or another file has the log's name
    /// now.</summary>
    private bool IsReplaced()
    {
        if (Reading != _path)
        {
            return _renamedSince.Count > 0 || File.Exists(_path);
        }

        if (_file is InflatedFile || !File.Exists(_path))
        {
            return false; // finished, or renamed, but there is no new log yet: the server still writes to this one
        }

        using Stream now = Share(_path);
        long length = now.Length;
        if (_offset > 0)
        {
            return !_place.IsIn(now) && _place.IsIn(_file!);
        }
        // Nothing has been read yet, so opening the same file again loses nothing.
        return _file!.Length == 0 ? length > 0 : !TailPlace.Of(_file, Math.Min(_file.Length, length), 0).IsIn(now);
    }

    /// <summary>Reads the first bytes of the file that lines come from.</summary>
    internal byte[] Head(int length)
    {
        byte[] head = new byte[length];
        long before = _file!.Position;
        _file.Position = 0;
        int read = _file.ReadAtLeast(head, length, throwOnEndOfStream: false);
        _file.Position = before;
        return head[..read];
    }

    private async ValueTask LinesAsync(bool last, TakeLine take, CancellationToken cancel)
    {
        _file!.Position = _offset;
        int filled = 0;
        long passed = 0; // bytes skipped so far of a line that is too long
        while (true)
        {
            int read = await ReadBlockAsync(filled, cancel).ConfigureAwait(false);
            int from = 0,
                searched = filled;
            filled += read;
            while (_buffer.AsSpan(searched, filled - searched).IndexOf((byte)'\n') is >= 0 and var found)
            {
                int end = searched + found;
                await GiveAsync(_buffer.AsMemory(from, end - from), passed, 1, take).ConfigureAwait(false);
                passed = 0;
                from = searched = end + 1;
            }

            HasOpenEnd = filled - from + passed > 0;
            if (read == 0)
            {
                if (last && HasOpenEnd)
                {
                    await GiveAsync(_buffer.AsMemory(from, filled - from), passed, 0, take).ConfigureAwait(false);
                }

                return;
            }
            if (filled - from > MaxLine)
            {
                passed += filled - from;
                from = filled;
            }

            _buffer.AsSpan(from, filled - from).CopyTo(_buffer);
            filled -= from;
        }
    }

    /// <summary>Reads the next block into the buffer, behind what it holds. Returns 0 at the end.</summary>
    private async ValueTask<int> ReadBlockAsync(int filled, CancellationToken cancel)
    {
        if (_buffer.Length - filled < BlockBytes)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        try
        {
            return await _file!.ReadAsync(_buffer.AsMemory(filled, BlockBytes), cancel).ConfigureAwait(false);
        }
        catch (InvalidDataException error)
        {
            throw new CommandException(
                $"{Reading} can't be decompressed after line {_line:N0} ({error.Message}): fetch it again, or cut it "
                    + "off there. The lines before are sent, and the next run continues after them."
            );
        }
    }

    private async ValueTask GiveAsync(ReadOnlyMemory<byte> line, long passed, int end, TakeLine take)
    {
        long begins = _offset;
        bool tooLong = passed + line.Length > MaxLine;
        await take(tooLong ? default : line, _line + 1, begins, tooLong).ConfigureAwait(false);
        _offset += passed + line.Length + end;
        _line++;
        HasOpenEnd = false;
    }

    private static Stream Share(string name)
    {
        var file = new FileStream(name, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
        return InflatedFile.IsCompressed(file) ? new InflatedFile(file) : file;
    }

    public void Dispose() => _file?.Dispose();
}

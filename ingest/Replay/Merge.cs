namespace Ingest.Replay;

/// <summary>Merges files, each in order of time, into one stream in order of time. Events with equal times keep the
/// order of the files.</summary>
internal static class Merge
{
    /// <param name="files">The files, each with an offset that is added to its times before they are compared.</param>
    /// <returns>Each event with the offset of its file.</returns>
    internal static IEnumerable<(ReplayEvent Event, long OffsetMs)> ByTime(
        IReadOnlyList<(IEnumerable<ReplayEvent> Events, long OffsetMs)> files
    )
    {
        var heads = new PriorityQueue<int, (long Time, int File)>();
        var readers = new List<IEnumerator<ReplayEvent>>();
        try
        {
            for (int i = 0; i < files.Count; i++)
            {
                readers.Add(files[i].Events.GetEnumerator());
                Push(i);
            }
            while (heads.TryDequeue(out int file, out _))
            {
                yield return (readers[file].Current, files[file].OffsetMs);
                Push(file);
            }
        }
        finally
        {
            foreach (IEnumerator<ReplayEvent> reader in readers)
            {
                reader.Dispose();
            }
        }

        void Push(int file)
        {
            if (readers[file].MoveNext())
            {
                heads.Enqueue(file, (readers[file].Current.TimeMs + files[file].OffsetMs, file));
            }
        }
    }
}

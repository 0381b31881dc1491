using System.Text;

namespace Ingest.Tail.Formats;

/// <summary>The names that a format has for fields. Found by length first, as nearly every name of a log's line is one
/// that clicks don't need.</summary>
internal sealed class FieldNames
{
    private readonly (byte[] Name, LogField Field)[][] _byLength;

    internal FieldNames(params ReadOnlySpan<(string Name, LogField Field)> names)
    {
        int longest = 0;
        foreach ((string name, _) in names)
        {
            longest = Math.Max(longest, name.Length);
        }

        var byLength = new List<(byte[], LogField)>[longest + 1];
        foreach ((string name, LogField field) in names)
        {
            (byLength[name.Length] ??= []).Add((Encoding.ASCII.GetBytes(name), field));
        }

        _byLength = [.. byLength.Select(list => list?.ToArray() ?? [])];
    }

    /// <summary>Gets the field with a name; <see cref="LogField.None"/> if clicks don't need it.</summary>
    internal LogField Find(ReadOnlySpan<byte> name)
    {
        if ((uint)name.Length < (uint)_byLength.Length)
        {
            foreach ((byte[] known, LogField field) in _byLength[name.Length])
            {
                if (name.SequenceEqual(known))
                {
                    return field;
                }
            }
        }
        return LogField.None;
    }
}

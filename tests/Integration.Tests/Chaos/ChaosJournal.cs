using System.Diagnostics;
using System.Globalization;

namespace Integration.Tests.Chaos;

/// <summary>What happened and when. Thread-safe.</summary>
internal sealed class ChaosJournal
{
    private readonly Stopwatch _since = Stopwatch.StartNew();
    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];

    public void Note(string what)
    {
        lock (_gate)
        {
            _lines.Add(string.Create(CultureInfo.InvariantCulture, $"{_since.Elapsed.TotalSeconds:0.0} {what}"));
        }
    }

    public override string ToString()
    {
        lock (_gate)
        {
            return string.Join('\n', _lines);
        }
    }
}

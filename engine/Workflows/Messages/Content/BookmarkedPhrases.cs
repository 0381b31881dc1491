using System.Text.Json;
using Engine.Text.Html;
using Engine.Text.Phrases;

namespace Engine.Workflows.Messages.Content;

/// <summary>The phrases that people have bookmarked, as far as a partition of messages knows, and their tags. Phrases
/// come and go one by one, so they are searched in a few layers, each at least twice as large as the next. Not
/// thread-safe.</summary>
internal sealed class BookmarkedPhrases
{
    /// <summary>Fewer phrases that nobody has any more aren't worth building anything again.</summary>
    private const int MinDropped = 1_000;

    /// <summary>All that anybody has, or has had.</summary>
    private readonly Dictionary<string, Entry> _byBookmark = new(StringComparer.Ordinal);

    /// <summary>The same, in the order of the layers.</summary>
    private readonly List<Entry> _searched = [];
    private readonly List<(PhraseBook Book, int Count)> _layers = [];
    private readonly List<PhraseMatch> _found = [];

    private PhraseFinder? _finder;

    /// <summary>How many of them the layers hold, and how many somebody has.</summary>
    private int _built,
        _live;

    /// <summary>A bookmark.</summary>
    private sealed class Entry(string phrase)
    {
        public string Phrase => phrase;

        /// <summary>The tags of each person who has it.</summary>
        public Dictionary<string, string[]> TagsOf { get; } = new(StringComparer.Ordinal);
    }

    /// <summary>Learns who has a bookmark.</summary>
    /// <param name="field"><c>&lt;bookmark&gt; &lt;person&gt;</c>.</param>
    /// <param name="value">JSON with <c>phrase</c> and <c>tags</c>; null if the person has it no more.</param>
    public void Learn(string field, string? value)
    {
        int space = field.IndexOf(' ', StringComparison.Ordinal);
        (string bookmark, string person) = (field[..space], field[(space + 1)..]);
        Entry? entry = _byBookmark.GetValueOrDefault(bookmark);
        if (value == null)
        {
            if (entry != null && entry.TagsOf.Remove(person) && entry.TagsOf.Count == 0)
            {
                _live--;
            }

            return;
        }

        using JsonDocument json = JsonDocument.Parse(value);
        if (!json.RootElement.TryGetProperty("phrase", out JsonElement phrase))
        {
            return;
        }

        if (entry == null)
        {
            _byBookmark[bookmark] = entry = new Entry(phrase.GetString()!);
            _searched.Add(entry);
        }

        _live += entry.TagsOf.Count == 0 ? 1 : 0;
        entry.TagsOf[person] =
        [
            .. json.RootElement.GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()!),
        ];
    }

    /// <summary>The tags of the phrases in a text, each once.</summary>
    /// <param name="passages">The parts of the text that a phrase may lie in.</param>
    /// <param name="collapses">Whether runs of white space compare as one space.</param>
    public IReadOnlyList<string> TagsIn(string text, IReadOnlyList<TextRange> passages, bool collapses)
    {
        if (_live == 0)
        {
            return [];
        }

        PhraseFinder finder = Build();
        _found.Clear();
        foreach (TextRange passage in passages)
        {
            finder.Find(text.AsSpan(passage.Start, passage.Length), _found, passage.Start, collapses, phrase =>
                _searched[phrase].TagsOf.Count > 0
            );
        }

        return
        [
            .. _found
                .Select(match => match.Phrase)
                .Distinct()
                .SelectMany(phrase => _searched[phrase].TagsOf.Values)
                .SelectMany(tags => tags)
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
        ];
    }

    private PhraseFinder Build()
    {
        if (_searched.Count > 2 * _live + MinDropped)
        {
            _searched.RemoveAll(entry => entry.TagsOf.Count == 0);
            foreach (string bookmark in _byBookmark.Where(one => one.Value.TagsOf.Count == 0).Select(one => one.Key))
            {
                _byBookmark.Remove(bookmark);
            }

            _layers.Clear();
            _built = 0;
        }

        if (_finder != null && _built == _searched.Count)
        {
            return _finder;
        }

        int first = _built;
        while (_layers.Count > 0 && _layers[^1].Count < 2 * (_searched.Count - first))
        {
            first -= _layers[^1].Count;
            _layers.RemoveAt(_layers.Count - 1);
        }

        string[] phrases = [.. _searched[first..].Select(entry => entry.Phrase)];
        _layers.Add((PhraseBook.Build(phrases, PhraseComparison.Words), phrases.Length));
        _built = _searched.Count;
        return _finder = new PhraseFinder(PhraseBook.Join(_layers));
    }
}

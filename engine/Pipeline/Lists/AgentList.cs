using System.Buffers;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Engine.Pipeline.Lists;

/// <summary>A list of user agents that declare a crawler or a tool. A line is a substring of a user agent,
/// case-insensitive. <c>re:pattern</c> is a case-sensitive regular expression. <c>!part</c> and <c>!re:pattern</c> are
/// exceptions, which win (phones named Cubot), and <c>#</c> begins a line that is a comment. A <c>.json</c> file is a
/// list of objects with a regular expression in <c>pattern</c>. Expressions match in linear time.</summary>
public sealed class AgentList
{
    /// <summary>The number of characters that are matched; the rest of a user agent is ignored.</summary>
    public const int JudgedLength = 1024;

    private readonly string[] _parts;
    private readonly string[] _exceptions;
    private readonly SearchValues<string> _anyPart;
    private readonly Regex[] _patterns;
    private readonly Regex[] _exceptionPatterns;

    private AgentList(
        string name,
        List<string> parts,
        List<string> exceptions,
        List<string> patterns,
        List<string> exceptionPatterns
    )
    {
        Name = name;
        _parts = [.. parts];
        _exceptions = [.. exceptions];
        _anyPart = SearchValues.Create(_parts, StringComparison.OrdinalIgnoreCase);
        _patterns = [.. patterns.Select(Compile)];
        _exceptionPatterns = [.. exceptionPatterns.Select(Compile)];
    }

    /// <summary>The list's id in settings, which evidence names.</summary>
    public string Name { get; }

    public static AgentList ReadLines(string name, IEnumerable<string> lines)
    {
        List<string> parts = [],
            exceptions = [],
            patterns = [],
            exceptionPatterns = [];
        int number = 0;
        foreach (string raw in lines)
        {
            number++;
            string line = raw.Trim();
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            if (line is "re:" or "!" or "!re:")
            {
                throw new FormatException(
                    $"line {number}: '{line}' would match every user agent; expected text after it"
                );
            }

            if (line.StartsWith("re:", StringComparison.Ordinal))
            {
                patterns.Add(line[3..]);
            }
            else if (line.StartsWith("!re:", StringComparison.Ordinal))
            {
                exceptionPatterns.Add(line[4..]);
            }
            else if (line[0] == '!')
            {
                exceptions.Add(line[1..]);
            }
            else
            {
                parts.Add(line);
            }
        }
        return new AgentList(name, parts, exceptions, patterns, exceptionPatterns);
    }

    public static AgentList ReadJson(string name, string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        List<string> patterns = [];
        foreach (JsonElement entry in document.RootElement.EnumerateArray())
        {
            patterns.Add(
                entry.GetProperty("pattern").GetString()
                    ?? throw new FormatException($"entry {patterns.Count}: 'pattern' is not a string")
            );
        }

        return new AgentList(name, [], [], patterns, []);
    }

    /// <summary>Finds the entry that matches a user agent, or returns null.</summary>
    public string? Match(ReadOnlySpan<char> agent)
    {
        if (agent.Length > JudgedLength)
        {
            agent = agent[..JudgedLength];
        }

        string? found = Find(agent);
        return found == null || IsExcepted(agent) ? null : found;
    }

    private bool IsExcepted(ReadOnlySpan<char> agent)
    {
        foreach (string exception in _exceptions)
        {
            if (agent.Contains(exception, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        foreach (Regex exception in _exceptionPatterns)
        {
            if (exception.IsMatch(agent))
            {
                return true;
            }
        }

        return false;
    }

    private string? Find(ReadOnlySpan<char> agent)
    {
        if (agent.IndexOfAny(_anyPart) >= 0)
        {
            foreach (string part in _parts)
            {
                if (agent.Contains(part, StringComparison.OrdinalIgnoreCase))
                {
                    return part;
                }
            }
        }

        foreach (Regex pattern in _patterns)
        {
            if (pattern.IsMatch(agent))
            {
                return pattern.ToString();
            }
        }

        return null;
    }

    /// <summary>Compiles a pattern to match in linear time. Rejects look-arounds and back-references, which
    /// can't.</summary>
    private static Regex Compile(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new FormatException(
                $"'{pattern}' is not a regular expression that matches in linear time: {e.Message}",
                e
            );
        }
    }
}

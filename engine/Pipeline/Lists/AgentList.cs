using System.Buffers;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Engine.Pipeline.Lists;

/// <summary>
/// A list of user agents that declare a crawler or a tool. Lines are parts of a user agent, in any case of letters;
/// <c>!part</c> is an exception that wins (phones named Cubot); <c>re:pattern</c> is a regular expression, case kept;
/// <c>#</c> at a line's beginning a comment. A <c>.json</c> file is a list of objects with a regular expression each in
/// <c>pattern</c>. Expressions match in linear time.
/// </summary>
public sealed class AgentList
{
    /// <summary>A user agent is judged by its first so many characters.</summary>
    public const int JudgedLength = 1024;

    private readonly string[] _parts;
    private readonly string[] _exceptions;
    private readonly SearchValues<string> _anyPart;
    private readonly Regex[] _patterns;

    private AgentList(string name, List<string> parts, List<string> exceptions, List<string> patterns)
    {
        Name = name;
        _parts = [.. parts];
        _exceptions = [.. exceptions];
        _anyPart = SearchValues.Create(_parts, StringComparison.OrdinalIgnoreCase);
        _patterns = [.. patterns.Select(Compile)];
    }

    /// <summary>The list's id in settings, as evidence names it.</summary>
    public string Name { get; }

    public static AgentList ReadLines(string name, IEnumerable<string> lines)
    {
        List<string> parts = [],
            exceptions = [],
            patterns = [];
        int number = 0;
        foreach (string raw in lines)
        {
            number++;
            string line = raw.Trim();
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            if (line is "re:" or "!")
            {
                throw new FormatException(
                    $"line {number}: '{line}' would match every user agent; expected something behind it"
                );
            }

            if (line.StartsWith("re:", StringComparison.Ordinal))
            {
                patterns.Add(line[3..]);
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
        return new AgentList(name, parts, exceptions, patterns);
    }

    public static AgentList ReadJson(string name, string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        List<string> patterns = [];
        foreach (JsonElement entry in document.RootElement.EnumerateArray())
        {
            patterns.Add(
                entry.GetProperty("pattern").GetString()
                    ?? throw new FormatException($"entry {patterns.Count}: 'pattern' is no text")
            );
        }

        return new AgentList(name, [], [], patterns);
    }

    /// <summary>The entry that a user agent matches, or null.</summary>
    public string? Match(ReadOnlySpan<char> agent)
    {
        if (agent.Length > JudgedLength)
        {
            agent = agent[..JudgedLength];
        }

        foreach (string exception in _exceptions)
        {
            if (agent.Contains(exception, StringComparison.OrdinalIgnoreCase))
            {
                return null;
            }
        }

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

    /// <summary>
    /// Look-arounds and back-references can't be matched in linear time; a list that needs one is refused.
    /// </summary>
    private static Regex Compile(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new FormatException(
                $"'{pattern}' is no regular expression that matches in linear time: {e.Message}",
                e
            );
        }
    }
}

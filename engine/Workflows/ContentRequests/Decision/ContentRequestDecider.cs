using Engine.Workflows.ContentRequests.Events;
using Engine.Workflows.ContentRequests.Settings;
using Engine.Workflows.Module;

namespace Engine.Workflows.ContentRequests.Decision;

/// <summary>Decides content requests: answers each by the sponsor's definitions, and remembers recurring invalid
/// ones.</summary>
public sealed class ContentRequestDecider : IDecider
{
    public bool UsesStandings => true;

    public TimeSpan LongestWindow => RequestRates.Window;

    public object Compile(SettingRecords records) => new ContentSettings(records);

    public IDeciderPartition Open(string partition) => new ContentRequestPartition(partition);
}

/// <summary>One partition of <c>content-requests</c>.</summary>
internal sealed class ContentRequestPartition(string partition) : IDeciderPartition
{
    private readonly ContentJudge _judge = new();
    private readonly Dictionary<string, SponsorTypes> _types = new(StringComparer.Ordinal);
    private readonly List<string> _lapsed = [];

    public long Due => long.MaxValue;

    /// <summary>The field is the sponsor and the type's hash, separated by a space.</summary>
    public void Restore(string field, string value)
    {
        int space = field.IndexOf(' ');
        if (space <= 0 || RequestType.Parse(value) is not { } type)
        {
            throw new FormatException($"{partition}: the memory field '{field}' isn't a type of requests: {value}");
        }

        TypesOf(field[..space]).Restore(field[(space + 1)..], type);
    }

    public WorkflowEvent? Read(EventReader reader) => ContentRequest.Read(reader);

    public void Recall(WorkflowEvent e, in Moment at) =>
        _judge.Count((ContentRequest)e, (ContentSettings)at.Settings, at.Standings, at.LogTime);

    public void Decide(WorkflowEvent e, in Moment at, IResults results)
    {
        var request = (ContentRequest)e;
        var settings = (ContentSettings)at.Settings;
        if (request.Answered is { } answer)
        {
            _judge.Count(request, settings, at.Standings, at.LogTime);
        }
        else
        {
            answer = _judge.Answer(request, settings, at.Version, at.Standings, at.LogTime);
        }

        results.Set(ContentKeys.Answer(request.Request), answer.ToJson());
        // Only for known sponsors, so made-up sponsors use no memory.
        if (
            answer.Validity is Validity.InvalidFormat or Validity.InvalidUnit
            && settings.Sponsors.ContainsKey(request.Sponsor)
        )
        {
            Count(request, answer, results);
        }
    }

    public void Elapse(in Moment at, IResults results) { }

    private void Count(ContentRequest request, ContentAnswer answer, IResults results)
    {
        string hash = RequestType.HashOf(answer.Validity, request.Unit, request.Sizes, request.Asked),
            key = ContentKeys.Suggestions(request.Sponsor, partition);
        _lapsed.Clear();
        string json = TypesOf(request.Sponsor).Count(hash, request, answer, _lapsed).ToJson();
        results.Put(key, hash, json);
        results.Remember($"{request.Sponsor} {hash}", json);
        foreach (string lapsed in _lapsed)
        {
            results.Put(key, lapsed, null);
            results.Remember($"{request.Sponsor} {lapsed}", null);
        }
    }

    private SponsorTypes TypesOf(string sponsor)
    {
        if (!_types.TryGetValue(sponsor, out SponsorTypes? types))
        {
            _types[sponsor] = types = new SponsorTypes();
        }

        return types;
    }
}

/// <summary>The Redis keys of content requests, without the group's prefix.</summary>
public static class ContentKeys
{
    public static string Answer(string request) => $"content:{request}";

    /// <param name="partition"><c>content-requests-2</c></param>
    public static string Suggestions(string sponsor, string partition) => $"suggestions:{sponsor}:{{{partition}}}";
}

using System.Text.Json;
using Engine.Workflows.ContentRequests;
using Engine.Workflows.ContentRequests.Decision;
using Engine.Workflows.ContentRequests.Events;
using Engine.Workflows.ContentRequests.Settings;
using Engine.Workflows.Module;

namespace Workflows.Tests.ContentRequests;

/// <summary>Standings that a test sets.</summary>
internal sealed class KnownStandings : IStandings
{
    public Dictionary<string, ClickSums> Networks { get; } = [];

    public IReadOnlyList<KeyValuePair<string, ClickSums>> Campaigns => [];

    public ClickSums Network(string cidr) => Networks.GetValueOrDefault(cidr);
}

/// <summary>A content request as a producer writes it; change what a test is about with <c>with</c>.</summary>
internal sealed record Ask(string Id)
{
    public string Sponsor { get; init; } = "sp-1";
    public string? Resource { get; init; } = "https://news.example/a.html";
    public string? Ip { get; init; }
    public string Unit { get; init; } = "news/front/top";
    public string Sizes { get; init; } = "[[300,250]]";
    public string? Parameters { get; init; }
    public long? Time { get; init; }

    public string Json(long now) =>
        $$"""{"type":"content-request","id":"{{Id}}","time":{{Time ?? now}},"sponsor":"{{Sponsor}}",{{(Resource == null ? "" : $"\"resource\":\"{Resource}\",")}}{{(Ip == null ? "" : $"\"ip\":\"{Ip}\",")}}"unit":"{{Unit}}","sizes":{{Sizes}}{{(Parameters == null ? "" : $",\"parameters\":{Parameters}")}}}""";
}

/// <summary>A partition of content requests, with a sponsor <c>sp-1</c> of <c>https://news.example/</c>.</summary>
internal sealed class ContentRun
{
    public const string Partition = "content-requests-0";
    private const string SponsorJson = """{"name":"News","resources":["https://news.example/"],"requests_per_s":500}""";

    public ContentRun(params (string Key, string Json)[] settings)
        : this(new KnownStandings(), settings) { }

    public ContentRun(KnownStandings standings, params (string Key, string Json)[] settings) =>
        Log = new DeciderRun(
            new ContentRequestsWorkflow(),
            new ContentRequestDecider(),
            standings,
            [("sponsor/sp-1", SponsorJson), .. settings]
        );

    public DeciderRun Log { get; }

    /// <summary>The definition of the contract's example.</summary>
    public static (string, string) FrontTop { get; } =
        (
            "definition/sp-1/front-top",
            """{"unit":"news/front/top","sizes":[[300,250],[728,90]],"parameters":{"color":["blue","red"]},"item":"it-front"}"""
        );

    public static (string, string) Definition(
        string id,
        string unit,
        string sizes = "[[300,250]]",
        string parameters = "{}"
    ) =>
        (
            $"definition/sp-1/{id}",
            $$"""{"unit":"{{unit}}","sizes":{{sizes}},"parameters":{{parameters}},"item":"it-{{id.TrimStart('~')}}"}"""
        );

    /// <summary>Sends a request and gives back what was answered.</summary>
    public ContentAnswer Answer(Ask ask, params (string Name, string Value)[] headers) =>
        ContentAnswer.Parse(AnswerJson(ask, headers))!;

    public string AnswerJson(Ask ask, params (string Name, string Value)[] headers)
    {
        Send(ask, headers);
        return Log.Values[$"content:{ask.Id}"];
    }

    public ContentRun Send(Ask ask, params (string Name, string Value)[] headers)
    {
        Log.Send(ask.Json(Log.Now), ask.Sponsor, headers);
        return this;
    }

    /// <summary>Sends the same request under so many ids, a second apart.</summary>
    public ContentRun Repeat(int times, Ask ask, string ids = "x")
    {
        for (int i = 0; i < times; i++)
        {
            Send(ask with { Id = $"{ids}-{i}" });
            Log.Now += 1000;
        }
        return this;
    }

    /// <summary>The fields of a sponsor's hash in Redis.</summary>
    public Dictionary<string, string> Counted(string sponsor = "sp-1") =>
        Log.Hashes.GetValueOrDefault($"suggestions:{sponsor}:{{{Partition}}}") ?? [];

    public Dictionary<string, RequestType> Types(string sponsor = "sp-1") => Suggestion.Sum(Counted(sponsor));

    /// <summary>One counted type's JSON, where there is one only.</summary>
    public JsonElement OnlyType() => JsonDocument.Parse(Counted().Single().Value).RootElement;

    /// <summary>What a version of the settings means, without a log.</summary>
    public static Sponsor SponsorOf(params (string Key, string Json)[] settings)
    {
        SettingRecordsReader kinds = new();
        return new ContentSettings(
            new SettingRecords(
                settings
                    .Append(("sponsor/sp-1", SponsorJson))
                    .ToLookup(
                        record => record.Item1.Split('/')[0],
                        record =>
                            KeyValuePair.Create(
                                record.Item1[(record.Item1.IndexOf('/') + 1)..],
                                kinds.Parse(record.Item1, record.Item2)
                            )
                    )
            )
        ).Sponsors["sp-1"];
    }

    /// <summary>Reads records as the engine does.</summary>
    internal sealed class SettingRecordsReader
    {
        private readonly IReadOnlyList<Engine.Contracts.Settings.ISettingKind> _kinds =
            new ContentRequestsWorkflow().SettingKinds;

        public object Parse(string key, string json) =>
            (
                (Engine.Pipeline.Settings.WorkflowSetting)
                    Engine.Pipeline.Settings.SettingParser.Parse(
                        key,
                        json,
                        new Engine.Pipeline.Settings.SettingFiles(),
                        _kinds
                    )
            ).Value;
    }
}

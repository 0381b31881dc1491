using Ingest.Confirmation;

namespace Ingest.Http;

/// <summary>The options of <c>ingest http</c>.</summary>
public sealed record HttpServing
{
    /// <summary>The address to listen on; port 0 takes a free one.</summary>
    public string Listen { get; init; } = "127.0.0.1:8081";

    /// <summary>The broker; null for that in engine.yaml or of the engine that runs here.</summary>
    public string? Kafka { get; init; }

    /// <summary>The path of engine.yaml, which secures connections; null for plain ones.</summary>
    public string? Config { get; init; }

    /// <summary>The Redis with the verdicts, which ads' links need; null to serve no links.</summary>
    public string? Redis { get; init; }

    /// <summary>How answers on confirmation pages count.</summary>
    public ConfirmationMode Confirmation { get; init; }

    /// <summary>Whether to show the page with ads at <c>/demo</c>.</summary>
    public bool Demo { get; init; }

    /// <summary>The prefix of the keys in that Redis.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Whether the last address in X-Forwarded-For is the client's.</summary>
    public bool BehindProxy { get; init; }

    /// <summary>The file with a token for <c>POST /v1/events</c>, beside those of users; null for none.</summary>
    public string? TokenFile { get; init; }

    /// <summary>Whether <c>POST /v1/events</c> is open to everyone as long as there has never been a user.</summary>
    public bool Open { get; init; }

    /// <summary>The requests under way, of those who may send events and of others each.</summary>
    public int UnderWay { get; init; } = 32;

    /// <summary>The requests per second with one token; 0 for no limit, null for the default of the address.</summary>
    public int? PerToken { get; init; }

    /// <summary>The requests per second without a token from one address; as <see cref="PerToken"/>.</summary>
    public int? PerAddress { get; init; }

    /// <summary>The time that an event waits for Kafka before the client gets an error.</summary>
    public TimeSpan GiveUpAfter { get; init; } = TimeSpan.FromSeconds(5);
}

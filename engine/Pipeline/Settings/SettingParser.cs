using System.Text.Json;
using Engine.Contracts;
using Engine.Contracts.Settings;
using Engine.Pipeline.Lists;

namespace Engine.Pipeline.Settings;

/// <summary>A list in force: <c>list/&lt;id&gt;</c>, read from its file.</summary>
/// <param name="Reason">The reason it gives; null for a list of relays.</param>
/// <param name="IsRelay">Whether its addresses carry people's traffic, so that ranges of data centres don't apply to
/// them.</param>
public sealed record ListSetting(string Id, Reason? Reason, bool IsRelay, AddressList? Addresses, AgentList? Agents);

/// <summary>A setting of a kind that belongs to a workflow.</summary>
public sealed record WorkflowSetting(string Kind, string Id, object Value);

/// <summary>Parses one record of <c>settings</c> into an object for the pipeline. All checks are here; an error names
/// the key, the field, the value and what was expected.</summary>
public static class SettingParser
{
    /// <summary>The kinds of settings that decide about clicks.</summary>
    public static readonly string[] Kinds =
    [
        "allow",
        "bands",
        "campaign",
        "limits",
        "list",
        "model",
        "reason",
        "rule",
        "snooze",
    ];

    private static readonly CampaignKind Campaigns = new();

    /// <summary>Parses a record. Throws a <see cref="SettingException"/> if it is invalid.</summary>
    /// <param name="key"><c>kind/id</c>.</param>
    /// <param name="json">The record's value.</param>
    /// <param name="files">Finds the files that lists and models name.</param>
    /// <param name="others">Setting kinds owned by workflows.</param>
    public static object Parse(string key, string json, SettingFiles files, IReadOnlyList<ISettingKind>? others = null)
    {
        if (
            json.Length > EventLimits.MaxValueBytes
            && System.Text.Encoding.UTF8.GetByteCount(json) is var bytes and > EventLimits.MaxValueBytes
        )
        {
            throw new SettingException(
                key,
                $"{bytes} bytes; expected at most {EventLimits.MaxValueBytes}",
                DeadLetterReason.TooLarge
            );
        }

        int slash = key.IndexOf('/');
        if (slash <= 0 || slash == key.Length - 1)
        {
            throw new SettingException(key, "the key isn't of the form kind/id", DeadLetterReason.Malformed);
        }

        string kind = key[..slash],
            id = key[(slash + 1)..];
        if (!Identifier.IsOne(id))
        {
            throw new SettingException(key, $"the id is '{id}'; expected {Identifier.Words}");
        }

        try
        {
            return Parse(key, kind, id, json, files, others ?? []);
        }
        catch (InvalidOperationException e)
        {
            // System.Text.Json reports half a surrogate pair only when the string is read.
            throw new SettingException(key, $"a string in it is invalid: {e.Message}", DeadLetterReason.Malformed);
        }
    }

    private static object Parse(
        string key,
        string kind,
        string id,
        string json,
        SettingFiles files,
        IReadOnlyList<ISettingKind> others
    )
    {
        using JsonDocument document = ParseJson(key, json);
        var reader = new SettingReader(key, document.RootElement);
        object setting = kind switch
        {
            "allow" => Allow(id, reader),
            "bands" => Bands(id, reader),
            CampaignSetting.Kind => Campaigns.Parse(id, reader),
            "limits" => Limits(id, reader),
            "list" => List(id, reader, files),
            "model" => Model(id, reader, files),
            "reason" => Reason(id, reader),
            "rule" => ClickRule.Parse(id, reader),
            "snooze" => Snooze(id, reader),
            _ => others.FirstOrDefault(other => other.Kind == kind) is { } other
                ? new WorkflowSetting(kind, id, other.Parse(id, reader))
                : throw new SettingException(
                    key,
                    $"'{kind}' is not a kind of setting; the kinds are "
                        + string.Join(", ", Kinds.Concat(others.Select(one => one.Kind)).Order(StringComparer.Ordinal)),
                    DeadLetterReason.UnknownType
                ),
        };
        reader.Done(maySayWho: true);
        return setting;
    }

    private static JsonDocument ParseJson(string key, string json)
    {
        try
        {
            return JsonDocument.Parse(json);
        }
        catch (JsonException e)
        {
            throw new SettingException(key, $"not JSON: {e.Message}", DeadLetterReason.Malformed);
        }
    }

    private static AllowSetting Allow(string id, SettingReader reader)
    {
        string? ip = reader.Text("ip"),
            visitor = reader.Text("visitor"),
            campaign = reader.Text("campaign");
        if ((ip == null ? 0 : 1) + (visitor == null ? 0 : 1) + (campaign == null ? 0 : 1) != 1)
        {
            throw reader.Wrong("expected exactly one of 'ip', 'visitor' and 'campaign'", DeadLetterReason.MissingField);
        }

        if ((visitor ?? campaign) is { } named && !Identifier.IsOne(named))
        {
            throw reader.Wrong(
                $"'{(visitor != null ? "visitor" : "campaign")}' is '{named}'; expected {Identifier.Words}"
            );
        }

        IpAddress first = default,
            last = default;
        if (ip != null && !AddressList.TryRange(ip, out first, out last))
        {
            throw reader.Wrong($"'ip' is '{ip}'; expected an address or a CIDR such as 203.0.113.0/24");
        }

        return new AllowSetting(
            id,
            first,
            last,
            visitor,
            campaign,
            reader.Text("because"),
            reader.Integer("until", 0, EventLimits.MaxTime)
        );
    }

    private static Bands Bands(string id, SettingReader reader)
    {
        if (id != "default")
        {
            throw reader.Wrong("the only key of this kind is bands/default");
        }

        var bands = new Bands(
            reader.Number("review", 0, 1, Settings.Bands.Default.Review),
            reader.Number("challenge", 0, 1, Settings.Bands.Default.Challenge),
            reader.Number("block", 0, 1, Settings.Bands.Default.Block)
        );
        return bands.Review <= bands.Challenge && bands.Challenge <= bands.Block
            ? bands
            : throw reader.Wrong("expected review <= challenge <= block");
    }

    private static TimeLimits Limits(string id, SettingReader reader)
    {
        if (id != "time")
        {
            throw reader.Wrong("the only key of this kind is limits/time");
        }

        TimeLimits d = TimeLimits.Default;
        return new TimeLimits(
            reader.Integer("join_ms", 0, 600_000) ?? d.JoinMs,
            reader.Integer("out_of_range_ms", 1_000, 86_400_000) ?? d.OutOfRangeMs,
            reader.Integer("duplicates_ms", 1_000, 86_400_000) ?? d.DuplicatesMs,
            (int)(reader.Integer("duplicates_max", 1_000, 100_000_000) ?? d.DuplicatesMax)
        );
    }

    private static (Reason, ReasonSetting) Reason(string id, SettingReader reader)
    {
        Reason reason = Reasons.Of(id) ?? throw reader.Wrong($"'{id}' is not a reason; docs/reasons.md lists them");
        ReasonSetting d = ReasonDefaults.Of(reason);
        long window = reader.Integer("window_s", 60, 3600) ?? d.WindowSeconds;
        if (window is not (60 or 600 or 3600))
        {
            throw reader.Wrong($"'window_s' is {window}; expected 60, 600 or 3600");
        }

        if (window == 60 && reason == Contracts.Reason.RatePair)
        {
            throw reader.Wrong("'window_s' is 60; expected 600 or 3600, the windows of pairs");
        }

        ReasonClass @class = reader.Class("class", d.Class);
        return (
            reason,
            new ReasonSetting(
                @class,
                reader.Number("limit", 0, 1e12, d.Limit),
                (int)window,
                reader.Class("over", d.Over),
                reader.Number("min_clicks", 0, 1e12, d.MinClicks),
                reader.Flag("shadow"),
                reader.Flag("off")
            )
        );
    }

    private static SnoozeSetting Snooze(string id, SettingReader reader)
    {
        string code = reader.RequiredText("reason"),
            publisher = reader.RequiredText("publisher");
        if (Reasons.Of(code) is not { } reason || !CanSnooze(reason))
        {
            throw reader.Wrong(
                $"'reason' is '{code}'; expected a code of docs/reasons.md other than confirmation.*, rule.* and "
                    + "allow.* (a rule has its own condition)"
            );
        }

        if (!Identifier.IsOne(publisher))
        {
            throw reader.Wrong($"'publisher' is '{publisher}'; expected {Identifier.Words}");
        }

        return new SnoozeSetting(
            id,
            reason,
            publisher,
            reader.Integer("until", 0, EventLimits.MaxTime)
                ?? throw reader.Wrong("'until' is missing: a snooze ends", DeadLetterReason.MissingField),
            reader.Text("because")
        );
    }

    /// <summary>Whether a reason can be snoozed. Confirmations can't: they say what a person did.</summary>
    public static bool CanSnooze(Reason reason) =>
        reason
            is not (
                Contracts.Reason.ConfirmationConfirmed
                or Contracts.Reason.ConfirmationMissed
                or Contracts.Reason.ConfirmationExpired
            );

    private static ListSetting List(string id, SettingReader reader, SettingFiles files)
    {
        bool relay = reader.Flag("relay");
        string? code = reader.Text("reason");
        Reason? reason = code == null ? null : Reasons.Of(code);
        if (
            reason
                is not (Contracts.Reason.ListDatacentre or Contracts.Reason.ListProxy or Contracts.Reason.ListCrawler)
            && !(relay && code == null)
        )
        {
            throw reader.Wrong(
                $"'reason' is '{code}'; expected list.datacentre, list.proxy or list.crawler, or \"relay\": true "
                    + "without a reason"
            );
        }

        string file = reader.RequiredText("file");
        try
        {
            string text = files.ReadText(file, reader.Text("sha256"));
            if (reason != Contracts.Reason.ListCrawler)
            {
                return new ListSetting(id, reason, relay, AddressList.Read(id, text.Split('\n')), null);
            }

            return new ListSetting(
                id,
                reason,
                false,
                null,
                file.EndsWith(".json", StringComparison.Ordinal)
                    ? AgentList.ReadJson(id, text)
                    : AgentList.ReadLines(id, text.Split('\n'))
            );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw reader.MissingFile($"'{file}': {e.Message}");
        }
        catch (Exception e)
            when (e is FormatException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw reader.Wrong($"'{file}': {e.Message}");
        }
    }

    private static ModelInForce Model(string id, SettingReader reader, SettingFiles files)
    {
        if (id is not ("clicks" or "cursor"))
        {
            throw reader.Wrong("the only keys of this kind are model/clicks and model/cursor");
        }

        string file = reader.RequiredText("file");
        try
        {
            string? hash = reader.Text("sha256");
            return ModelInForce.Load(id, file, name => files.ReadBytes(name, name == file ? hash : null));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw reader.MissingFile($"'{file}': {e.Message}");
        }
        catch (Exception e) when (e is FormatException or Models.Scoring.ArtefactException)
        {
            throw reader.Wrong($"'{file}': {e.Message}");
        }
    }
}

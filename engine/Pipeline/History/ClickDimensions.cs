using System.Text.Json;
using System.Text.Json.Serialization;
using Engine.Contracts;
using Engine.Pipeline.Decode;

namespace Engine.Pipeline.History;

/// <summary>The dimensions of a click that histories use, read from the click itself for labels that lack them. Stored
/// in <c>standings</c> as a record with the key <c>label/&lt;click&gt;/&lt;topic&gt;-&lt;p&gt;</c>, written by the
/// owner of the partition that remembers the click. Texts are empty if the click lacks them.</summary>
public sealed record ClickDimensions
{
    /// <summary>The first part of a record's key.</summary>
    public const string Kind = "label";

    [JsonPropertyName("publisher")]
    public required string Publisher { get; init; }

    [JsonPropertyName("placement")]
    public string Placement { get; init; } = "";

    [JsonPropertyName("campaign")]
    public required string Campaign { get; init; }

    [JsonPropertyName("ip")]
    public required string Ip { get; init; }

    [JsonPropertyName("model")]
    public string Model { get; init; } = "";

    [JsonPropertyName("os")]
    public string Os { get; init; } = "";

    [JsonPropertyName("osv")]
    public string OsVersion { get; init; } = "";

    [JsonPropertyName("make")]
    public string Make { get; init; } = "";

    [JsonPropertyName("carrier")]
    public string Carrier { get; init; } = "";

    [JsonPropertyName("connectiontype")]
    public string Connection { get; init; } = "";

    [JsonPropertyName("language")]
    public string Language { get; init; } = "";

    [JsonPropertyName("visitor")]
    public string Visitor { get; init; } = "";

    /// <summary>The viewport's width in CSS pixels; null if the click has none.</summary>
    [JsonPropertyName("width")]
    public double? Width { get; init; }

    [JsonPropertyName("height")]
    public double? Height { get; init; }

    /// <summary>The claimed event time, ms since the epoch.</summary>
    [JsonPropertyName("time")]
    public long Time { get; init; }

    /// <summary>The click's offset in its partition.</summary>
    [JsonPropertyName("covers")]
    public long Offset { get; init; }

    /// <summary>Reads the dimensions of a decoded click.</summary>
    public static ClickDimensions Of(in InteractionEvent click, long offset) =>
        new()
        {
            Publisher = click.Publisher.ToString(),
            Placement = click.Placement.ToString(),
            Campaign = click.Campaign.ToString(),
            Ip = click.Ip.ToString(),
            Offset = offset,
            Model = click.Device[(int)DeviceField.Model].ToString(),
            Os = click.Device[(int)DeviceField.Os].ToString(),
            OsVersion = click.Device[(int)DeviceField.Osv].ToString(),
            Make = click.Device[(int)DeviceField.Make].ToString(),
            Carrier = click.Device[(int)DeviceField.Carrier].ToString(),
            Connection = click.Device[(int)DeviceField.ConnectionType].ToString(),
            Language = click.Device[(int)DeviceField.Language].ToString(),
            Visitor = click.Visitor.ToString(),
            Time = click.Time,
            Width = click.HasViewport ? click.ViewportWidth : null,
            Height = click.HasViewport ? click.ViewportHeight : null,
        };

    /// <summary>Returns a label with the click's dimensions in place of its own.</summary>
    public LabelEvent Complete(LabelEvent label) =>
        label with
        {
            Publisher = Publisher,
            Placement = Placement,
            Campaign = Campaign,
            Model = Model,
            Os = Os,
            OsVersion = OsVersion,
            Make = Make,
            Carrier = Carrier,
            Connection = Connection,
            Language = Language,
            IpText = Ip,
            Place = this,
            Ip = IpAddress.TryParse(Ip, out IpAddress address) ? address : null,
        };

    public static string Key(string click, string partition) => $"{Kind}/{click}/{partition}";

    public byte[] Value() => JsonSerializer.SerializeToUtf8Bytes(this, ClickDimensionsJson.Default.ClickDimensions);

    /// <summary>Reads a record; null if it isn't a click's dimensions.</summary>
    /// <param name="click">The click's id.</param>
    public static ClickDimensions? Read(string key, ReadOnlySpan<byte> value, out string click)
    {
        int last = key.LastIndexOf('/');
        click = "";
        if (!key.StartsWith(Kind + "/", StringComparison.Ordinal) || last <= Kind.Length + 1)
        {
            return null;
        }

        click = key[(Kind.Length + 1)..last];
        try
        {
            return JsonSerializer.Deserialize(value, ClickDimensionsJson.Default.ClickDimensions);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

[JsonSerializable(typeof(ClickDimensions))]
internal sealed partial class ClickDimensionsJson : JsonSerializerContext;

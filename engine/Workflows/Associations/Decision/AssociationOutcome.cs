using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Engine.Workflows.Associations.Events;

namespace Engine.Workflows.Associations.Decision;

/// <summary>The outcome of one association, with its reasons: <c>association:&lt;id&gt;</c>.</summary>
internal sealed class AssociationOutcome(AssociationEvent e, string at, string version)
{
    // One line, readable in redis-cli; pages must encode it.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly List<(string Reason, Action<Utf8JsonWriter> Evidence)> _evidence = [];
    private readonly List<(string To, string Condition)> _pushed = [];

    public AssociationEvent Event => e;

    /// <summary>The association whose code was read.</summary>
    public ItemNode? Parent { get; set; }

    /// <summary>The association itself, or the first one if it repeats that.</summary>
    public ItemNode? Node { get; set; }

    /// <summary>The code of <see cref="Node"/>.</summary>
    public string? Code { get; set; }

    public bool IsRepeated { get; set; }

    public bool IsRefused { get; private set; }

    public List<string> Reasons { get; } = [];

    /// <summary>Reasons in shadow, which are only counted.</summary>
    public List<string> Shadow { get; } = [];

    public bool IsSuspect => !IsRefused && !IsRepeated && Reasons.Count > 0;

    public void Refuse(string reason, Action<Utf8JsonWriter> evidence)
    {
        IsRefused = true;
        Reasons.Add(reason);
        _evidence.Add((reason, evidence));
    }

    public void Suspect(string reason, bool isShadow, Action<Utf8JsonWriter> evidence)
    {
        (isShadow ? Shadow : Reasons).Add(reason);
        _evidence.Add((reason, evidence));
    }

    /// <summary>The conditions that have pushed, once for each recipient.</summary>
    public IEnumerable<string> Pushed => _pushed.Select(push => push.Condition);

    public void Push(string to, string condition) => _pushed.Add((to, condition));

    public string ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            Write(json);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("association", e.Id);
        json.WriteString(
            "outcome",
            IsRefused ? "refused"
                : IsRepeated ? "repeated"
                : Reasons.Count > 0 ? "suspect"
                : "associated"
        );
        if (IsRepeated)
        {
            json.WriteString("of", Node!.Id);
        }

        json.WriteString("item", e.Item);
        json.WriteString("account", e.Account);
        if (Parent != null)
        {
            json.WriteString("from", Parent.Id);
            json.WriteString("referrer", Parent.Account);
        }

        if (Node != null)
        {
            json.WriteNumber("depth", Node.Depth);
            json.WriteString("code", Code);
            json.WriteNumber("expires", Node.Expires);
        }

        if (!IsRefused)
        {
            json.WriteStartArray("pushed");
            foreach ((string to, string condition) in _pushed)
            {
                json.WriteStartObject();
                json.WriteString("to", to);
                json.WriteString("condition", condition);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        Texts(json, "reasons", Reasons);
        if (Shadow.Count > 0)
        {
            Texts(json, "shadow", Shadow);
        }

        json.WriteStartObject("evidence");
        foreach ((string reason, Action<Utf8JsonWriter> write) in _evidence)
        {
            json.WriteStartObject(reason);
            write(json);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteNumber("time", e.Time);
        json.WriteString("at", at);
        json.WriteString("settings", version);
        json.WriteEndObject();
    }

    internal static void Texts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }
}

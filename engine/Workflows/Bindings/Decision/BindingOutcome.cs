using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Engine.Workflows.Bindings.Codes;
using Engine.Workflows.Bindings.Events;

namespace Engine.Workflows.Bindings.Decision;

/// <summary>The outcome of one binding, with its reasons: <c>binding:&lt;id&gt;</c>.</summary>
internal sealed class BindingOutcome(BindingEvent binding, OperationBindingCode? code, string at, string version)
{
    // One line, readable in redis-cli; pages must encode it.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly List<(string Reason, Action<Utf8JsonWriter> Evidence)> _evidence = [];
    private readonly List<string> _reasons = [],
        _shadow = [];

    public BindingEvent Binding => binding;

    /// <summary>The content of the code; null if it is forged.</summary>
    public OperationBindingCode? Code => code;

    public bool IsRefused { get; private set; }

    public IReadOnlyList<string> Reasons => _reasons;

    /// <summary>Reasons in shadow, which are only counted.</summary>
    public IReadOnlyList<string> Shadow => _shadow;

    public void Refuse(string reason, Action<Utf8JsonWriter> evidence)
    {
        IsRefused = true;
        _reasons.Add(reason);
        _evidence.Add((reason, evidence));
    }

    public void Suspect(string reason, bool isShadow, Action<Utf8JsonWriter> evidence)
    {
        (isShadow ? _shadow : _reasons).Add(reason);
        _evidence.Add((reason, evidence));
    }

    /// <summary>Refuses values that don't satisfy the prompt. The evidence of each reason has the fields concerned and
    /// their settings.</summary>
    public void RefuseByPrompt()
    {
        foreach (
            IGrouping<string?, PromptField> fields in code!
                .Prompt.GroupBy(field => field.Wrong(Given(field)))
                .Where(fields => fields.Key != null)
                .OrderBy(fields => Order(fields.Key!))
        )
        {
            Refuse(fields.Key!, evidence =>
            {
                evidence.WriteStartObject("fields");
                foreach (PromptField field in fields)
                {
                    field.WriteSetting(evidence);
                }

                evidence.WriteEndObject();
            });
        }
    }

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
        json.WriteString("binding", binding.Id);
        json.WriteString(
            "outcome",
            IsRefused ? "refused"
                : _reasons.Count > 0 ? "suspect"
                : "counted"
        );
        Texts(json, "reasons", _reasons);
        if (_shadow.Count > 0)
        {
            Texts(json, "shadow", _shadow);
        }

        json.WriteString("page", binding.Page);
        // Neither operation nor first account of a forged code can be trusted.
        if (code != null)
        {
            json.WriteString("operation", code.Operation);
            Texts(json, "accounts", [code.Account, binding.Account]);
            json.WriteStartObject("values");
            foreach (PromptField field in code.Prompt)
            {
                if (Given(field) is { ValueKind: not JsonValueKind.Null } value && field.Wrong(value) == null)
                {
                    field.Write(json, value);
                }
            }

            json.WriteEndObject();
        }
        json.WriteNumber("time", binding.Time);
        if (_evidence.Count > 0)
        {
            json.WriteStartObject("evidence");
            foreach ((string reason, Action<Utf8JsonWriter> write) in _evidence)
            {
                json.WriteStartObject(reason);
                write(json);
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        json.WriteString("at", at);
        json.WriteString("settings", version);
        json.WriteEndObject();
    }

    private JsonElement? Given(PromptField field) =>
        binding.Values.TryGetValue(field.Name, out JsonElement value) ? value : null;

    private static int Order(string reason) =>
        BindingReasons.Refusing.Index().First(entry => entry.Item == reason).Index;

    private static void Texts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }
}

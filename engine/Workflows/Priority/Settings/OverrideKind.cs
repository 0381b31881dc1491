using Engine.Contracts;
using Engine.Contracts.Settings;

namespace Engine.Workflows.Priority.Settings;

/// <summary>Reads <c>override/&lt;process&gt;/&lt;instance&gt;</c>: a level that a person has set for an instance until
/// a time. <c>because</c> stays in the record.</summary>
public sealed class OverrideKind : ISettingKind
{
    public const string Name = "override";

    public string Kind => Name;

    public object Parse(string id, SettingReader record)
    {
        int slash = id.IndexOf('/');
        if (slash <= 0 || slash == id.Length - 1)
        {
            throw record.Wrong("the key isn't of the form override/<process>/<instance>", DeadLetterReason.Malformed);
        }

        return new LevelOverride(
            (int)(
                record.Integer("level", 1, ProcessKind.MaxLevel)
                ?? throw record.Wrong("'level' is missing", DeadLetterReason.MissingField)
            ),
            record.Integer("until", 0, EventLimits.MaxTime)
                ?? throw record.Wrong("'until' is missing: an override ends", DeadLetterReason.MissingField)
        );
    }
}

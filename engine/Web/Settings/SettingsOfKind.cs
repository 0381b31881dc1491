using Engine.Contracts.Settings;

namespace Engine.Web.Settings;

/// <summary>The settings of one kind that a <see cref="SettingsFollower"/> keeps up to date. Subclasses publish them in
/// a form that any thread may read.</summary>
public abstract class SettingsOfKind(ISettingKind kind)
{
    private readonly Dictionary<string, object> _settings = new(StringComparer.Ordinal);

    public ISettingKind Kind => kind;

    /// <summary>The settings so far. For <see cref="Publish"/> only.</summary>
    protected IReadOnlyDictionary<string, object> Settings => _settings;

    /// <summary>Whether there was ever a record, even one that deletes: compaction may leave only that.</summary>
    protected bool WereThere { get; private set; }

    /// <summary>Sets or, with null, deletes a setting. Called by the follower's thread, as is
    /// <see cref="Publish"/>.</summary>
    internal void Set(string id, object? setting)
    {
        WereThere = true;
        if (setting == null)
        {
            _settings.Remove(id);
        }
        else
        {
            _settings[id] = setting;
        }
    }

    /// <summary>Puts the settings in force: called once the topic was read to its end, and after each change from then
    /// on.</summary>
    protected internal abstract void Publish();
}

using System.Collections.Immutable;

namespace Engine.Pipeline.Settings;

/// <summary>Settings of a kind by the fingerprint of what they are about, and of one thing by their ids.
/// Immutable.</summary>
internal sealed class SettingsByKey<T>
{
    public static readonly SettingsByKey<T> Empty = new(
        ImmutableDictionary<ulong, ImmutableSortedDictionary<string, T>>.Empty
    );

    private static readonly ImmutableSortedDictionary<string, T> None = ImmutableSortedDictionary.Create<string, T>(
        StringComparer.Ordinal
    );

    private readonly ImmutableDictionary<ulong, ImmutableSortedDictionary<string, T>> _byKey;

    private SettingsByKey(ImmutableDictionary<ulong, ImmutableSortedDictionary<string, T>> byKey) => _byKey = byKey;

    public bool IsEmpty => _byKey.IsEmpty;

    public IEnumerable<T> All => _byKey.Values.SelectMany(settings => settings.Values);

    /// <summary>The settings about one thing, in the order of their ids.</summary>
    public ImmutableSortedDictionary<string, T> Of(ulong key) => _byKey.GetValueOrDefault(key, None);

    /// <param name="key">What the setting is about; null for something else.</param>
    public SettingsByKey<T> With(ulong? key, string id, T setting) =>
        key is { } of ? new(_byKey.SetItem(of, Of(of).SetItem(id, setting))) : this;

    /// <param name="key">What the setting is about; null for something else.</param>
    public SettingsByKey<T> Without(ulong? key, string id)
    {
        if (key is not { } of || !_byKey.ContainsKey(of))
        {
            return this;
        }

        ImmutableSortedDictionary<string, T> left = Of(of).Remove(id);
        return new(left.IsEmpty ? _byKey.Remove(of) : _byKey.SetItem(of, left));
    }
}

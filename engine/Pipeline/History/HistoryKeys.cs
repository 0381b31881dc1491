using System.Runtime.CompilerServices;
using System.Text;
using Engine.Pipeline.Decode;
using Engine.Pipeline.Keys;
using Engine.Primitives;

namespace Engine.Pipeline.History;

/// <summary>What histories are kept of, besides the whole. docs/histories.md has the table.</summary>
public enum HistoryKind : byte
{
    Publisher,
    Placement,
    Campaign,
    Model,
    OsVersion,
    Network,
    PublisherModel,
    PublisherOsVersion,
    PlacementModel,
}

/// <summary>
/// The fingerprints of a click's keys by <see cref="HistoryKind"/>; 0 where the click or the label doesn't have what
/// the key is made of. Spellings of a model or a version that differ by case and spaces, and versions that differ by a
/// prefix, are one key (models.md).
/// </summary>
[InlineArray(Count)]
public struct HistoryKeys
{
    /// <summary>How many kinds there are.</summary>
    public const int Count = 9;

    /// <summary>
    /// Apart from the salts of <see cref="Fingerprints"/>, whose publisher, campaign and network these keys share.
    /// </summary>
    private const ulong ModelSalt = 0x1000,
        OsSalt = 0x1001,
        OsVersionSalt = 0x1002,
        PlacementSalt = 0x1003,
        PairSalt = 0x1010;

    /// <summary>Longest text of a device that is told apart; longer ones are no events.</summary>
    private const int MaxBytes = Contracts.EventLimits.MaxDeviceBytes;

    private ulong _first;

    public readonly ulong this[HistoryKind kind] => this[(int)kind];

    /// <summary>The keys of a label with its own fields.</summary>
    public static HistoryKeys Of(KeyedHash hash, LabelEvent label)
    {
        HistoryKeys keys = default;
        Set(
            ref keys,
            HistoryKind.Publisher,
            label.Publisher.Length == 0 ? 0 : Fingerprints.Publisher(hash, Encoding.UTF8.GetBytes(label.Publisher))
        );
        Set(
            ref keys,
            HistoryKind.Campaign,
            label.Campaign.Length == 0 ? 0 : Fingerprints.Campaign(hash, Encoding.UTF8.GetBytes(label.Campaign))
        );
        Set(ref keys, HistoryKind.Network, label.Ip is { } ip ? Fingerprints.Network(hash, ip.Network) : 0);
        keys.Describe(
            hash,
            Encoding.UTF8.GetBytes(label.Placement),
            Encoding.UTF8.GetBytes(label.Model),
            Encoding.UTF8.GetBytes(label.Os),
            Encoding.UTF8.GetBytes(label.OsVersion)
        );
        return keys;
    }

    /// <summary>
    /// The keys of a click, all but campaign and network, which nothing looks up for a verdict. Allocates nothing.
    /// </summary>
    /// <param name="publisher">The fingerprint of the click's publisher.</param>
    /// <param name="click">The click.</param>
    public static HistoryKeys Of(KeyedHash hash, ulong publisher, ref InteractionEvent click)
    {
        HistoryKeys keys = default;
        Set(ref keys, HistoryKind.Publisher, publisher);
        keys.Describe(
            hash,
            click.Placement.Span,
            click.Device[(int)DeviceField.Model].Span,
            click.Device[(int)DeviceField.Os].Span,
            click.Device[(int)DeviceField.Osv].Span
        );
        return keys;
    }

    private void Describe(
        KeyedHash hash,
        ReadOnlySpan<byte> placement,
        ReadOnlySpan<byte> model,
        ReadOnlySpan<byte> os,
        ReadOnlySpan<byte> version
    )
    {
        ulong publisher = this[HistoryKind.Publisher];
        ulong place =
            placement.IsEmpty || publisher == 0
                ? 0
                : hash.Of(publisher, hash.Of(placement, PlacementSalt), PlacementSalt);
        ulong device = Spelled(hash, model, ModelSalt, isVersion: false);
        ulong system = version.IsEmpty
            ? 0
            : hash.Of(
                Spelled(hash, os, OsSalt, isVersion: false),
                Spelled(hash, version, OsVersionSalt, isVersion: true),
                OsVersionSalt
            );
        Set(ref this, HistoryKind.Placement, place);
        Set(ref this, HistoryKind.Model, device);
        Set(ref this, HistoryKind.OsVersion, system);
        Pair(hash, HistoryKind.PublisherModel, publisher, device);
        Pair(hash, HistoryKind.PublisherOsVersion, publisher, system);
        Pair(hash, HistoryKind.PlacementModel, place, device);
    }

    private void Pair(KeyedHash hash, HistoryKind kind, ulong parent, ulong other) =>
        Set(ref this, kind, parent == 0 || other == 0 ? 0 : hash.Of(parent, other, PairSalt + (ulong)kind));

    private static void Set(ref HistoryKeys keys, HistoryKind kind, ulong key) => keys[(int)kind] = key;

    /// <summary>A text in lower case without spaces; a version from its first digit on, where it has one.</summary>
    [SkipLocalsInit]
    private static ulong Spelled(KeyedHash hash, ReadOnlySpan<byte> text, ulong salt, bool isVersion)
    {
        Span<byte> spelled = stackalloc byte[MaxBytes];
        int length = 0,
            digit = isVersion ? text.IndexOfAnyInRange((byte)'0', (byte)'9') : -1;
        if (digit > 0)
        {
            text = text[digit..];
        }

        foreach (byte c in text)
        {
            if (c != ' ' && length < MaxBytes)
            {
                spelled[length++] = c is >= (byte)'A' and <= (byte)'Z' ? (byte)(c | 0x20) : c;
            }
        }

        return length == 0 ? 0 : hash.Of(spelled[..length], salt);
    }
}

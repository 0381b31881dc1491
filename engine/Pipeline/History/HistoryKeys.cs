using System.Runtime.CompilerServices;
using System.Text;
using Engine.Pipeline.Decode;
using Engine.Pipeline.Keys;
using Engine.Primitives;

namespace Engine.Pipeline.History;

/// <summary>The kinds of keys with histories, besides the counts of all clicks. See the table in
/// docs/histories.md.</summary>
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

/// <summary>The fingerprints of a click's keys by <see cref="HistoryKind"/>; 0 if the click or the label lacks a part
/// of the key. Models and versions that differ only in case and spaces share a key, as do versions that differ only in
/// a prefix (models.md).</summary>
[InlineArray(Count)]
public struct HistoryKeys
{
    /// <summary>The number of kinds.</summary>
    public const int Count = 9;

    /// <summary>Differ from the salts of <see cref="Fingerprints"/>, from which the publisher, campaign and network
    /// keys come.</summary>
    private const ulong ModelSalt = 0x1000,
        OsSalt = 0x1001,
        OsVersionSalt = 0x1002,
        PlacementSalt = 0x1003,
        PairSalt = 0x1010;

    /// <summary>The maximum bytes of a device text; an event with a longer one is invalid.</summary>
    private const int MaxBytes = Contracts.EventLimits.MaxDeviceBytes;

    private ulong _first;

    public readonly ulong this[HistoryKind kind] => this[(int)kind];

    /// <summary>The keys of a label, from its own fields.</summary>
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

    /// <summary>The keys of a click, except campaign and network, which no verdict looks up. Allocates
    /// nothing.</summary>
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

    /// <summary>Normalizes a text to lower case without spaces, and a version to start at its first digit, if
    /// any.</summary>
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

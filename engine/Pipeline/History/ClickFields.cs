using System.Globalization;
using System.Text;
using Engine.Contracts;
using Engine.Pipeline.Decode;
using Engine.Primitives;

namespace Engine.Pipeline.History;

/// <summary>A click's fields as a network's own click forest sees them, as UTF-8 text; missing ones are empty. Reused
/// for one click after another, on one thread. Allocates nothing once warm.</summary>
public sealed class ClickFields
{
    /// <summary>The fields that have histories, in order.</summary>
    public static readonly string[] Names =
    [
        "publisher",
        "placement",
        "campaign",
        "screen",
        "osv",
        "make",
        "model",
        "rawmake",
        "rawmodel",
        "rawosv",
        "carrier",
        "connection",
        "language",
        "hour",
        "network",
        "visitor",
        "os",
    ];

    private static readonly byte[][] Prefixes = Array.ConvertAll(Names, name => Encoding.ASCII.GetBytes(name + "="));

    /// <summary>The maximum bytes of a field's text, allowing for growth when letters change case.</summary>
    private const int MaxBytes = 3 * EventLimits.MaxIdentifierBytes,
        HourMs = 3_600_000;

    /// <summary>Differs from the salts of all other fingerprints.</summary>
    private const ulong Salt = 0x1030;

    private readonly byte[] _bytes = new byte[Names.Length * MaxBytes];
    private readonly int[] _lengths = new int[Names.Length];

    /// <summary>The screen's width, 0 if unknown.</summary>
    public double Width { get; private set; }
    public double Height { get; private set; }

    /// <summary>Hour of the day, UTC.</summary>
    public int Hour { get; private set; }

    public ReadOnlySpan<byte> this[int field] => _bytes.AsSpan(field * MaxBytes, _lengths[field]);

    /// <summary>Reads a click's fields.</summary>
    /// <param name="time">The corrected event time, ms since the epoch.</param>
    public void Fill(in InteractionEvent click, long time)
    {
        Device(
            click.Device[(int)DeviceField.Make].Span,
            click.Device[(int)DeviceField.Model].Span,
            click.Device[(int)DeviceField.Osv].Span
        );
        Set(0, click.Publisher.Span);
        Set(1, click.Placement.Span);
        Set(2, click.Campaign.Span);
        Screen(click.HasViewport, click.ViewportWidth, click.ViewportHeight);
        Set(10, click.Device[(int)DeviceField.Carrier].Span);
        Set(11, click.Device[(int)DeviceField.ConnectionType].Span);
        Set(12, click.Device[(int)DeviceField.Language].Span);
        SetHour(time);
        Set(14, Network(click.Ip.Span));
        Set(15, click.Visitor.Span);
        Set(16, click.Device[(int)DeviceField.Os].Span);
    }

    /// <summary>Reads a labelled click's fields. Returns a bit mask of those that are known.</summary>
    public uint Fill(LabelEvent label)
    {
        Span<byte> make = stackalloc byte[MaxBytes],
            model = stackalloc byte[MaxBytes],
            version = stackalloc byte[MaxBytes];
        Device(
            make[..Encoding.UTF8.GetBytes(label.Make, make)],
            model[..Encoding.UTF8.GetBytes(label.Model, model)],
            version[..Encoding.UTF8.GetBytes(label.OsVersion, version)]
        );
        Set(0, Encoding.UTF8.GetBytes(label.Publisher));
        Set(1, Encoding.UTF8.GetBytes(label.Placement));
        Set(2, Encoding.UTF8.GetBytes(label.Campaign));
        Screen(
            label.Place?.Width != null && label.Place.Height != null,
            label.Place?.Width ?? 0,
            label.Place?.Height ?? 0
        );
        Set(10, Encoding.UTF8.GetBytes(label.Carrier));
        Set(11, Encoding.UTF8.GetBytes(label.Connection));
        Set(12, Encoding.UTF8.GetBytes(label.Language));
        SetHour(label.Place?.Time ?? 0);
        Set(14, Network(Encoding.ASCII.GetBytes(label.IpText)));
        Set(15, Encoding.UTF8.GetBytes(label.Place?.Visitor ?? ""));
        Set(16, Encoding.UTF8.GetBytes(label.Os));
        // An empty field of a label means unknown, not that the click had none. If the label took its fields from the
        // click, all are known.
        if (label.Place != null)
        {
            return (1u << Names.Length) - 1;
        }

        uint known = 0;
        for (int f = 0; f < Names.Length; f++)
        {
            if (_lengths[f] > 0 && f is not 13)
            {
                known |= 1u << f;
            }
        }

        return known;
    }

    /// <summary>The fingerprint of <c>name=value</c>.</summary>
    public ulong Key(KeyedHash hash, int field)
    {
        Span<byte> text = stackalloc byte[2 * (MaxBytes + 16)];
        return KeyOf(hash, text[..Write(text, field)]);
    }

    /// <summary>The fingerprint of <c>name=value|name=value</c>.</summary>
    public ulong Key(KeyedHash hash, int a, int b)
    {
        Span<byte> text = stackalloc byte[2 * (MaxBytes + 16)];
        int length = Write(text, a);
        text[length++] = (byte)'|';
        return KeyOf(hash, text[..(length + Write(text[length..], b))]);
    }

    /// <summary>The fingerprint of a key's text, as in files of histories.</summary>
    public static ulong KeyOf(KeyedHash hash, ReadOnlySpan<byte> text) => hash.Of(text, Salt);

    /// <summary>The spelling of make, model and version as bits: capitals in the make (1), a space (2) and an
    /// underscore (4) in the model, an underscore in the version (8).</summary>
    public int Spellings()
    {
        Span<char> make = stackalloc char[MaxBytes];
        int spellings = 0;
        foreach (char c in make[..Encoding.UTF8.GetChars(this[7], make)])
        {
            if (char.IsUpper(c))
            {
                spellings = 1;
            }
        }

        return spellings
            + (this[8].Contains((byte)' ') ? 2 : 0)
            + (this[8].Contains((byte)'_') ? 4 : 0)
            + (this[9].Contains((byte)'_') ? 8 : 0);
    }

    private int Write(Span<byte> into, int field)
    {
        Prefixes[field].CopyTo(into);
        Span<byte> value = into.Slice(Prefixes[field].Length, _lengths[field]);
        this[field].CopyTo(value);
        // Files of histories are tab-separated lines.
        if (value.IndexOfAny((byte)'\t', (byte)'\n', (byte)'\r') >= 0)
        {
            foreach (ref byte c in value)
            {
                if (c is (byte)'\t' or (byte)'\n' or (byte)'\r')
                {
                    c = (byte)' ';
                }
            }
        }

        return Prefixes[field].Length + value.Length;
    }

    private void Set(int field, ReadOnlySpan<byte> text)
    {
        _lengths[field] = Math.Min(text.Length, MaxBytes);
        text[.._lengths[field]].CopyTo(_bytes.AsSpan(field * MaxBytes));
    }

    private void Device(ReadOnlySpan<byte> make, ReadOnlySpan<byte> model, ReadOnlySpan<byte> version)
    {
        int digit = version.IndexOfAnyInRange((byte)'0', (byte)'9');
        Set(4, digit > 0 ? version[digit..] : version);
        SetPlain(5, make);
        SetPlain(6, model);
        Set(7, make);
        Set(8, model);
        Set(9, version);
    }

    /// <summary>Sets a field to lower-case letters and digits only, so that spellings are unified.</summary>
    private void SetPlain(int field, ReadOnlySpan<byte> text)
    {
        Span<char> chars = stackalloc char[MaxBytes],
            lower = stackalloc char[MaxBytes];
        int count = Encoding.UTF8.GetChars(text, chars),
            kept = 0;
        ((ReadOnlySpan<char>)chars[..count]).ToLowerInvariant(lower);
        for (int i = 0; i < count; i++)
        {
            if (char.IsLetterOrDigit(lower[i]))
            {
                lower[kept++] = lower[i];
            }
        }

        _lengths[field] = Encoding.UTF8.GetBytes(lower[..kept], _bytes.AsSpan(field * MaxBytes, MaxBytes));
    }

    private void Screen(bool known, double width, double height)
    {
        (Width, Height, _lengths[3]) = known ? (width, height, 0) : (0, 0, 0);
        if (!known)
        {
            return;
        }

        Span<byte> text = _bytes.AsSpan(3 * MaxBytes, MaxBytes);
        int length = 0;
        text[length++] = (byte)'[';
        width.TryFormat(text[length..], out int written, "R", CultureInfo.InvariantCulture);
        length += written;
        text[length++] = (byte)',';
        height.TryFormat(text[length..], out written, "R", CultureInfo.InvariantCulture);
        length += written;
        text[length++] = (byte)']';
        _lengths[3] = length;
    }

    private void SetHour(long time)
    {
        Hour = (int)(time / HourMs % 24);
        Hour.TryFormat(_bytes.AsSpan(13 * MaxBytes, MaxBytes), out _lengths[13], default, CultureInfo.InvariantCulture);
    }

    /// <summary>The first three numbers of an IPv4 address; any other address in full.</summary>
    private static ReadOnlySpan<byte> Network(ReadOnlySpan<byte> ip)
    {
        int dots = 0;
        for (int i = 0; i < ip.Length; i++)
        {
            if (ip[i] == '.' && ++dots == 3)
            {
                return ip[..i];
            }
        }

        return ip;
    }
}

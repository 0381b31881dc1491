using System.Security.Cryptography;

namespace Ingest.Confirmation.Pictures;

/// <summary>A size of picture, and of the button in it, in CSS pixels.</summary>
/// <param name="Name">The name in addresses and forms.</param>
public sealed record PictureSize(string Name, int Width, int Height, int ButtonWidth, int ButtonHeight)
{
    /// <summary>For windows of 640 px and more.</summary>
    public static readonly PictureSize Wide = new("wide", 600, 400, 80, 36);

    /// <summary>For phones, and for 200 % zoom: it fits into 320 px.</summary>
    public static readonly PictureSize Narrow = new("narrow", 288, 480, 60, 26);

    public static readonly PictureSize[] All = [Wide, Narrow];

    private int PlacesAcross => Width - ButtonWidth + 1;

    private int PlacesDown => Height - ButtonHeight + 1;

    /// <summary>The button's upper left corner: every place in the picture is equally likely, but for the very corner.
    /// Who activates the picture without pointing at it sends 0,0, which must never be a hit.</summary>
    public (int X, int Y) PlaceOf(byte[] seed)
    {
        var random = new SeedStream(seed, $"place {Name}");
        (int X, int Y) place;
        do
        {
            place = (random.Below(PlacesAcross), random.Below(PlacesDown));
        } while (place == (0, 0));

        return place;
    }

    /// <summary>Whether a click lies on the button.</summary>
    public bool IsHit(byte[] seed, double x, double y)
    {
        (int left, int top) = PlaceOf(seed);
        return x >= left && x < left + ButtonWidth && y >= top && y < top + ButtonHeight;
    }
}

/// <summary>Random numbers that follow from a seed and a use, and that nobody can guess without the seed.</summary>
internal sealed class SeedStream(byte[] seed, string use)
{
    private byte[] _block = [];
    private int _at,
        _count;

    /// <summary>A number from 0 on, below a limit; each is equally likely.</summary>
    public int Below(int limit)
    {
        // Numbers of the last, incomplete round would make the lowest likelier.
        uint rounds = uint.MaxValue / (uint)limit * (uint)limit;
        uint drawn;
        do
        {
            drawn = Next();
        } while (drawn >= rounds);

        return (int)(drawn % (uint)limit);
    }

    public float Between(float min, float max) => min + ((max - min) * Below(1_000_001) / 1_000_000f);

    private uint Next()
    {
        if (_at == _block.Length)
        {
            _block = HMACSHA256.HashData(seed, System.Text.Encoding.ASCII.GetBytes($"{use} {_count++}"));
            _at = 0;
        }

        uint drawn = BitConverter.ToUInt32(_block, _at);
        _at += sizeof(uint);
        return drawn;
    }
}

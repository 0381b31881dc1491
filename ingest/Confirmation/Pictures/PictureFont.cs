using System.Reflection;
using SkiaSharp;

namespace Ingest.Confirmation.Pictures;

/// <summary>The font of pictures, which comes with the program, as servers have none. It lies among the resources of a
/// package: a length, an index of paths with offsets and lengths, then the files.</summary>
internal static class PictureFont
{
    private const string File = "/Assets/Inter-SemiBold.ttf";

    /// <summary>Reads the font. Throws <see cref="InvalidDataException"/> if the package doesn't hold it.</summary>
    public static SKTypeface Load()
    {
        using Stream packed = typeof(PictureFont).Assembly.GetManifestResourceStream("inter.dll")!;
        using var assembly = new MemoryStream();
        packed.CopyTo(assembly);
        using Stream resources = Assembly.Load(assembly.ToArray()).GetManifestResourceStream("!AvaloniaResources")
            ?? throw new InvalidDataException("the font's package has no resources");
        using var reader = new BinaryReader(resources);
        int indexLength = reader.ReadInt32();
        _ = reader.ReadInt32(); // the version
        for (int left = reader.ReadInt32(); left > 0; left--)
        {
            (string path, int offset, int length) = (reader.ReadString(), reader.ReadInt32(), reader.ReadInt32());
            if (path != File)
            {
                continue;
            }

            resources.Position = sizeof(int) + indexLength + offset;
            using var font = SKData.CreateCopy(reader.ReadBytes(length));
            return SKTypeface.FromData(font)
                ?? throw new InvalidDataException($"{File} of the font's package is no font");
        }

        throw new InvalidDataException($"the font's package has no {File}");
    }
}

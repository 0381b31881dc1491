using System.Buffers.Binary;
using System.IO.Hashing;
using System.Security.Cryptography;
using SkiaSharp;

namespace Ingest.Confirmation.Pictures;

/// <summary>Draws the picture of a confirmation page: an instruction, the button, and boxes that look like it but say
/// something else. The same seed gives the same picture. All pictures have the same length in bytes, so that it tells
/// nothing. Thread-safe.</summary>
public sealed class ConfirmationPicture : IDisposable
{
    /// <summary>The length of every picture in bytes.</summary>
    public const int Bytes = 20_000;

    /// <summary>The button's word, which the page names too.</summary>
    public const string Word = "Continue";

    /// <summary>PNG: length, type and checksum of a chunk; and the last chunk, which is empty.</summary>
    private const int ChunkFrame = 12;

    private const int Lines = 6,
        MaxTries = 40;

    private static readonly string[] Others = ["Later", "Cancel", "Skip", "Back", "Close", "Not now", "Stop", "No"];

    private static readonly SKColor[] Backgrounds =
    [
        new(0xFFF1F5F9),
        new(0xFFEFF6FF),
        new(0xFFF0FDF4),
        new(0xFFFEF9EF),
        new(0xFFFAF5FF),
    ];

    private static readonly SKColor[] Boxes =
    [
        new(0xFF1D4ED8),
        new(0xFF0F766E),
        new(0xFF9A3412),
        new(0xFF6D28D9),
        new(0xFF334155),
    ];

    private readonly SKTypeface _typeface = PictureFont.Load();

    /// <summary>Draws a picture as PNG.</summary>
    public byte[] Draw(PictureSize size, byte[] seed)
    {
        using var bitmap = new SKBitmap(
            new SKImageInfo(size.Width, size.Height, SKColorType.Rgba8888, SKAlphaType.Opaque)
        );
        using (var canvas = new SKCanvas(bitmap))
        {
            Draw(canvas, size, seed);
        }

        using SKPixmap pixels = bitmap.PeekPixels();
        using SKData png = pixels.Encode(new SKPngEncoderOptions(SKPngEncoderFilterFlags.NoFilters, zLibLevel: 3))
            ?? throw new InvalidOperationException("Skia encoded no picture");
        return Pad(png.AsSpan());
    }

    public void Dispose() => _typeface.Dispose();

    private void Draw(SKCanvas canvas, PictureSize size, byte[] seed)
    {
        var look = new SeedStream(seed, $"look {size.Name}");
        canvas.Clear(Backgrounds[look.Below(Backgrounds.Length)]);
        DrawLines(canvas, size, look);
        (int x, int y) = size.PlaceOf(seed);
        var button = SKRect.Create(x, y, size.ButtonWidth, size.ButtonHeight);
        List<SKRect> taken = [button];
        SKRect text = Instruction(size, button, look);
        taken.Add(text);
        SKColor colour = Boxes[look.Below(Boxes.Length)];
        int first = look.Below(Others.Length);
        for (int i = 0; i < Others.Length / 2; i++)
        {
            DrawOther(canvas, size, look, taken, colour, Others[(first + i) % Others.Length]);
        }

        DrawText(canvas, $"Click “{Word}”", text, size.ButtonHeight * 0.56f, new SKColor(0xFF0F172A));
        DrawBox(canvas, button, colour, Word);
    }

    /// <summary>Lines that cross the picture, so that boxes aren't the only shapes.</summary>
    private static void DrawLines(SKCanvas canvas, PictureSize size, SeedStream look)
    {
        using var paint = new SKPaint
        {
            IsAntialias = false,
            Style = SKPaintStyle.Stroke,
            StrokeWidth = 2,
            Color = new SKColor(0xFFCBD5E1),
        };
        for (int i = 0; i < Lines; i++)
        {
            canvas.DrawLine(
                look.Below(size.Width),
                look.Below(size.Height),
                look.Below(size.Width),
                look.Below(size.Height),
                paint
            );
        }
    }

    /// <summary>A place for the instruction that the button doesn't cover.</summary>
    private static SKRect Instruction(PictureSize size, SKRect button, SeedStream look)
    {
        float width = size.ButtonWidth * 2.2f,
            height = size.ButtonHeight;
        while (true)
        {
            var text = SKRect.Create(
                look.Between(0, size.Width - width),
                look.Between(0, size.Height - height),
                width,
                height
            );
            if (!text.IntersectsWith(button))
            {
                return text;
            }
        }
    }

    private void DrawOther(
        SKCanvas canvas,
        PictureSize size,
        SeedStream look,
        List<SKRect> taken,
        SKColor colour,
        string word
    )
    {
        for (int tries = 0; tries < MaxTries; tries++)
        {
            var box = SKRect.Create(
                look.Below(size.Width - size.ButtonWidth + 1),
                look.Below(size.Height - size.ButtonHeight + 1),
                size.ButtonWidth,
                size.ButtonHeight
            );
            if (!taken.Exists(other => other.IntersectsWith(box)))
            {
                taken.Add(box);
                DrawBox(canvas, box, colour, word);
                return;
            }
        }
    }

    private void DrawBox(SKCanvas canvas, SKRect box, SKColor colour, string word)
    {
        using var paint = new SKPaint { Color = colour, IsAntialias = true };
        canvas.DrawRoundRect(box, 5, 5, paint);
        DrawText(canvas, word, box, box.Height * 0.42f, SKColors.White);
    }

    /// <summary>Draws text in the middle of a box.</summary>
    private void DrawText(SKCanvas canvas, string text, SKRect box, float size, SKColor colour)
    {
        using var font = new SKFont(_typeface, size) { Subpixel = false, Edging = SKFontEdging.Antialias };
        using var paint = new SKPaint { Color = colour, IsAntialias = true };
        font.GetFontMetrics(out SKFontMetrics metrics);
        float baseline = box.MidY - (metrics.Ascent + metrics.Descent) / 2;
        canvas.DrawText(text, box.MidX, baseline, SKTextAlign.Center, font, paint);
    }

    /// <summary>Fills a picture up with a private chunk before its last one.</summary>
    private static byte[] Pad(ReadOnlySpan<byte> png)
    {
        int filler = Bytes - png.Length - ChunkFrame;
        if (filler < 0)
        {
            throw new InvalidOperationException(
                $"a picture has {png.Length} bytes; at most {Bytes - ChunkFrame} are hidden"
            );
        }

        byte[] padded = new byte[Bytes];
        int last = png.Length - ChunkFrame;
        png[..last].CopyTo(padded);
        Span<byte> chunk = padded.AsSpan(last, filler + ChunkFrame);
        BinaryPrimitives.WriteInt32BigEndian(chunk, filler);
        "fiLl"u8.CopyTo(chunk[4..]);
        RandomNumberGenerator.Fill(chunk.Slice(8, filler));
        BinaryPrimitives.WriteUInt32BigEndian(chunk[(8 + filler)..], Crc32.HashToUInt32(chunk.Slice(4, 4 + filler)));
        png[last..].CopyTo(padded.AsSpan(Bytes - ChunkFrame));
        return padded;
    }
}

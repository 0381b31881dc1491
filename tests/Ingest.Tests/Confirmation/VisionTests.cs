using System.Runtime.InteropServices;
using Ingest.Confirmation.Pictures;
using SkiaSharp;
using Xunit;

namespace Ingest.Tests.Confirmation;

/// <summary>What programs get that look at the picture: the figures in docs/confirmation.md. The page asks for a
/// person's time; it can't keep out who draws the same letters and looks for them.</summary>
public sealed class VisionTests : IDisposable
{
    private const int Clicks = 60,
        Attempts = 3;

    private readonly ConfirmationPicture _picture = new();

    /// <summary>Finds the boxes by their colour, and takes any.</summary>
    [Fact]
    public void A_threshold_of_colours_passes_half_of_the_clicks()
    {
        var random = new Random(7);
        double share = PassedBy(image =>
        {
            List<SKRectI> boxes = BoxesIn(image);
            return boxes[random.Next(boxes.Count)];
        });
        Assert.InRange(share, 0.30, 0.70);
    }

    /// <summary>Takes the largest connected area of one colour: boxes are alike, so it is that of the shortest
    /// word.</summary>
    [Fact]
    public void The_largest_component_passes_hardly_ever()
    {
        double share = PassedBy(image => BoxesIn(image).MinBy(box => LettersIn(image, box)));
        Assert.InRange(share, 0.0, 0.05);
    }

    /// <summary>Knows how the word looks on the button, and takes the box that is most like it.</summary>
    [Fact]
    public void A_template_of_the_word_passes_nearly_always()
    {
        bool[] word = [];
        for (int number = 0; word.Length == 0; number++)
        {
            byte[] seed = Seed(1_000_000 + number);
            using SKBitmap image = Decode(seed);
            (int x, int y) = PictureSize.Wide.PlaceOf(seed);
            word = LettersOf(image, SKRectI.Create(x, y, PictureSize.Wide.ButtonWidth, PictureSize.Wide.ButtonHeight));
        }

        double share = PassedBy(image =>
            BoxesIn(image).MinBy(box => LettersOf(image, box).Zip(word).Count(pair => pair.First != pair.Second))
        );
        Assert.InRange(share, 0.95, 1.0);
    }

    public void Dispose() => _picture.Dispose();

    private double PassedBy(Func<SKBitmap, SKRectI> attacker)
    {
        int passed = 0;
        for (int click = 0; click < Clicks; click++)
        {
            bool hit = false;
            for (int attempt = 0; attempt < Attempts && !hit; attempt++)
            {
                byte[] seed = Seed(click * Attempts + attempt);
                using SKBitmap image = Decode(seed);
                SKRectI box = attacker(image);
                hit = PictureSize.Wide.IsHit(seed, box.MidX, box.MidY);
            }

            passed += hit ? 1 : 0;
        }

        double share = (double)passed / Clicks;
        TestContext.Current.SendDiagnosticMessage("{0:P1} of {1} clicks passed", share, Clicks);
        return share;
    }

    /// <summary>The buttons: their colour is the most frequent dark one, and their edges are straight.</summary>
    private static List<SKRectI> BoxesIn(SKBitmap image)
    {
        ReadOnlySpan<byte> bytes = image.GetPixelSpan();
        uint[] pixels = MemoryMarshal.Cast<byte, uint>(bytes).ToArray();
        var counts = new Dictionary<uint, int>();
        foreach (uint pixel in pixels.Where(IsDark))
        {
            counts[pixel] = counts.GetValueOrDefault(pixel) + 1;
        }

        uint colour = counts.MaxBy(count => count.Value).Key;
        var boxes = new List<SKRectI>();
        for (int y = 0; y <= image.Height - PictureSize.Wide.ButtonHeight; y++)
        {
            for (int x = 0; x <= image.Width - PictureSize.Wide.ButtonWidth; x++)
            {
                var box = SKRectI.Create(x, y, PictureSize.Wide.ButtonWidth, PictureSize.Wide.ButtonHeight);
                if (
                    At(box.Left, box.MidY)
                    && At(box.Right - 1, box.MidY)
                    && At(box.MidX, box.Top)
                    && At(box.MidX, box.Bottom - 1)
                    && At(box.Left + 8, box.Top)
                    && At(box.Right - 9, box.Bottom - 1)
                    && boxes.TrueForAll(other => !other.IntersectsWith(box))
                )
                {
                    boxes.Add(box);
                }
            }
        }

        return boxes;

        bool At(int x, int y) => pixels[y * image.Width + x] == colour;
        static bool IsDark(uint pixel) => (pixel & 0xFF) + (pixel >> 8 & 0xFF) + (pixel >> 16 & 0xFF) < 400;
    }

    private static int LettersIn(SKBitmap image, SKRectI box) => LettersOf(image, box).Count(isLetter => isLetter);

    private static bool[] LettersOf(SKBitmap image, SKRectI box) =>
        [
            .. Enumerable
                .Range(0, box.Width * box.Height)
                .Select(at => image.GetPixel(box.Left + at % box.Width, box.Top + at / box.Width).Green > 200),
        ];

    private SKBitmap Decode(byte[] seed) => SKBitmap.Decode(_picture.Draw(PictureSize.Wide, seed));

    private static byte[] Seed(int number) => BitConverter.GetBytes(number);
}

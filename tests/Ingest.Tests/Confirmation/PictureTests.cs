using Ingest.Confirmation.Pictures;
using SkiaSharp;
using Xunit;

namespace Ingest.Tests.Confirmation;

/// <summary>Where the button lies, that only the picture tells it, and what guessing gets.</summary>
public sealed class PictureTests : IDisposable
{
    private const int Attempts = 3;

    private readonly ConfirmationPicture _picture = new();

    public static TheoryData<string> Sizes => [.. PictureSize.All.Select(size => size.Name)];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void All_pictures_have_one_length_and_the_same_seed_draws_the_same(string name)
    {
        PictureSize size = SizeOf(name);
        for (int i = 0; i < 300; i++)
        {
            Assert.Equal(ConfirmationPicture.Bytes, _picture.Draw(size, Seed(i)).Length);
        }

        using SKBitmap one = Decode(size, Seed(1)),
            again = Decode(size, Seed(1)),
            other = Decode(size, Seed(2));
        Assert.Equal((size.Width, size.Height), (one.Width, one.Height));
        Assert.Equal(one.Bytes, again.Bytes);
        Assert.NotEqual(one.Bytes, other.Bytes);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Letters_are_drawn_on_the_button_and_in_the_instruction(string name)
    {
        PictureSize size = SizeOf(name);
        for (int i = 0; i < 50; i++)
        {
            using SKBitmap bitmap = Decode(size, Seed(i));
            (int left, int top) = size.PlaceOf(Seed(i));
            SKColor box = bitmap.GetPixel(left + size.ButtonWidth / 2, top + 3);
            int letters = 0;
            for (int y = top + 4; y < top + size.ButtonHeight - 4; y++)
            {
                for (int x = left + 4; x < left + size.ButtonWidth - 4; x++)
                {
                    SKColor pixel = bitmap.GetPixel(x, y);
                    letters += pixel.Red > 220 && pixel.Green > 220 && pixel.Blue > 220 ? 1 : 0;
                }
            }

            Assert.NotEqual(SKColors.White, box);
            // A font that lacks the letters draws boxes or nothing.
            Assert.InRange(letters, size.ButtonWidth, size.ButtonWidth * size.ButtonHeight / 3);
        }
    }

    /// <summary>Pearson's statistic over a grid of 10 by 10 cells of places, against the 99.9 % quantile of its
    /// distribution with 99 degrees of freedom.</summary>
    [Theory]
    [MemberData(nameof(Sizes))]
    public void Every_place_is_equally_likely(string name)
    {
        const int Cells = 10,
            Draws = 100_000;
        const double Quantile = 148.2;
        PictureSize size = SizeOf(name);
        int across = size.Width - size.ButtonWidth + 1,
            down = size.Height - size.ButtonHeight + 1;
        int[] counts = new int[Cells * Cells];
        for (int i = 0; i < Draws; i++)
        {
            (int x, int y) = size.PlaceOf(Seed(i));
            counts[y * Cells / down * Cells + x * Cells / across]++;
        }

        double statistic = 0;
        for (int cell = 0; cell < counts.Length; cell++)
        {
            double expected =
                (double)Draws * Places(across, cell % Cells) * Places(down, cell / Cells) / ((double)across * down);
            statistic += (counts[cell] - expected) * (counts[cell] - expected) / expected;
        }

        Assert.InRange(statistic, 0, Quantile);

        // The number of places whose cell is the given one.
        static int Places(int all, int cell) => Enumerable.Range(0, all).Count(place => place * Cells / all == cell);
    }

    /// <summary>Who doesn't look passes less than one click in twenty, with all three attempts: the upper end of the
    /// 95 % interval over 100,000 clicks.</summary>
    [Theory]
    [InlineData("random")]
    [InlineData("grid")]
    [InlineData("mean")]
    [InlineData("middle")]
    [InlineData("corners")]
    public void Guessing_passes_fewer_than_one_click_in_twenty(string attacker)
    {
        const int Clicks = 100_000;
        foreach (PictureSize size in PictureSize.All)
        {
            var random = new Random(7);
            double meanX = (size.Width - 1) / 2.0,
                meanY = (size.Height - 1) / 2.0;
            int passed = 0;
            for (int i = 0; i < Clicks; i++)
            {
                bool hit = false;
                for (int attempt = 0; attempt < Attempts && !hit; attempt++)
                {
                    (double x, double y) = attacker switch
                    {
                        "random" => (random.NextDouble() * size.Width, random.NextDouble() * size.Height),
                        "grid" => ((i * Attempts + attempt) % 7 * size.Width / 7.0, i / 7 % 11 * size.Height / 11.0),
                        "mean" => (meanX, meanY),
                        "middle" => (size.Width / 2.0 + 40 * attempt, size.Height / 2.0),
                        _ => (attempt % 2 * (size.Width - 1), attempt / 2 * (size.Height - 1)),
                    };
                    hit = size.IsHit(Seed(i * Attempts + attempt), x, y);
                }

                passed += hit ? 1 : 0;
            }

            double share = (double)passed / Clicks,
                upper = share + 1.96 * Math.Sqrt(share * (1 - share) / Clicks);
            Assert.True(upper < 0.05, $"{attacker} passes {share:P2} of clicks at the {size.Name} picture");
        }
    }

    [Fact]
    public void No_button_covers_the_corner_that_is_sent_without_pointing()
    {
        var tiny = new PictureSize("tiny", 3, 3, 2, 2);
        (int, int)[] places = [.. Enumerable.Range(0, 200).Select(i => tiny.PlaceOf(Seed(i))).Distinct().Order()];
        Assert.Equal([(0, 1), (1, 0), (1, 1)], places);
    }

    public void Dispose() => _picture.Dispose();

    private static PictureSize SizeOf(string name) => PictureSize.All.Single(size => size.Name == name);

    private SKBitmap Decode(PictureSize size, byte[] seed)
    {
        if (Environment.GetEnvironmentVariable("SCREENSHOTS") is { } folder)
        {
            File.WriteAllBytes(Path.Combine(folder, $"confirm-{size.Name}-{seed[0]}.png"), _picture.Draw(size, seed));
        }

        return SKBitmap.Decode(_picture.Draw(size, seed));
    }

    private static byte[] Seed(int number) => BitConverter.GetBytes(number);
}

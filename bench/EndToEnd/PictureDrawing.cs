using System.Globalization;
using Ingest.Confirmation.Pictures;

namespace Bench.EndToEnd;

/// <summary>Measures how fast one core draws the pictures of confirmation pages, and whether the time tells where the
/// button lies.</summary>
internal static class PictureDrawing
{
    private const int WarmUp = 500;

    public static void Run(int pictures, TextWriter to)
    {
        using var picture = new ConfirmationPicture();
        to.WriteLine("| picture | a second and core | bytes | correlation of the time with x, y |");
        to.WriteLine("| --- | ---: | ---: | ---: |");
        foreach (PictureSize size in PictureSize.All)
        {
            var (x, y, ms) = (new double[pictures], new double[pictures], new double[pictures]);
            long since = 0;
            for (int i = -WarmUp; i < pictures; i++)
            {
                byte[] seed = BitConverter.GetBytes(i);
                long begun = TimeProvider.System.GetTimestamp();
                picture.Draw(size, seed);
                if (i < 0)
                {
                    continue;
                }

                since = i == 0 ? begun : since;
                ms[i] = TimeProvider.System.GetElapsedTime(begun).TotalMilliseconds;
                (x[i], y[i]) = size.PlaceOf(seed);
            }

            double perSecond = pictures / TimeProvider.System.GetElapsedTime(since).TotalSeconds;
            to.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {size.Name} | {perSecond:0} | {ConfirmationPicture.Bytes:#,0} | "
                        + $"{Correlation(x, ms):0.000}, {Correlation(y, ms):0.000} |"
                )
            );
        }
    }

    /// <summary>Spearman's: of ranks, so that a few long pauses don't decide.</summary>
    private static double Correlation(double[] one, double[] other)
    {
        (double[] a, double[] b) = (Ranks(one), Ranks(other));
        double mean = (a.Length - 1) / 2.0;
        double Sum(double[] left, double[] right) =>
            left.Zip(right).Sum(pair => (pair.First - mean) * (pair.Second - mean));
        return Sum(a, b) / Math.Sqrt(Sum(a, a) * Sum(b, b));
    }

    private static double[] Ranks(double[] values)
    {
        double[] ranks = new double[values.Length];
        foreach ((int rank, int at) in Enumerable.Range(0, values.Length).OrderBy(at => values[at]).Index())
        {
            ranks[at] = rank;
        }

        return ranks;
    }
}

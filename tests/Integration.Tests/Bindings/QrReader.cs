using System.Text;
using System.Text.RegularExpressions;
using Tests.Support;
using Xunit;

namespace Integration.Tests.Bindings;

/// <summary>Reads QR pictures by zbar, as phones and tills do; skipped by name where it isn't.</summary>
internal static partial class QrReader
{
    private const int PixelsPerModule = 4;

    /// <summary>The text of a picture of ours in SVG.</summary>
    public static async Task<string> ReadSvgAsync(string svg)
    {
        using var folder = new LiveFolder();
        string file = folder.File("code.pgm");
        File.WriteAllBytes(file, Drawn(svg));
        return await ReadFileAsync(file);
    }

    /// <summary>The text of the one code in a picture.</summary>
    public static async Task<string> ReadFileAsync(string file)
    {
        if (!LiveProcess.OnPath("zbarimg"))
        {
            Assert.Skip("needs zbarimg on the path (Debian: zbar-tools)");
        }

        await using LiveProcess process = LiveProcess.Start(
            "zbarimg",
            ["--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", file]
        );
        int code = await process.ExitAsync();
        return code == 0
            ? process.Out.TrimEnd('\r', '\n')
            : throw new InvalidOperationException($"zbarimg found no code: exit code {code} {process.Error}");
    }

    /// <summary>
    /// The number of modules of a side, without the quiet zone; 21 for version 1, four more for each after it.
    /// </summary>
    public static int Version(string svg) => (Size(svg) - 8 - 17) / 4;

    private static int Size(string svg) => int.Parse(ViewBox().Match(svg).Groups[1].Value);

    /// <summary>The picture as the path says: runs of dark modules on light ground.</summary>
    private static byte[] Drawn(string svg)
    {
        int size = Size(svg),
            side = size * PixelsPerModule;
        byte[] pixels = new byte[side * side];
        Array.Fill(pixels, (byte)255);
        foreach (Match run in Run().Matches(svg))
        {
            int x = int.Parse(run.Groups[1].Value),
                y = int.Parse(run.Groups[2].Value),
                width = int.Parse(run.Groups[3].Value);
            for (int row = y * PixelsPerModule; row < (y + 1) * PixelsPerModule; row++)
            {
                pixels.AsSpan(row * side + x * PixelsPerModule, width * PixelsPerModule).Clear();
            }
        }
        return [.. Encoding.ASCII.GetBytes($"P5\n{side} {side}\n255\n"), .. pixels];
    }

    [GeneratedRegex("""viewBox="0 0 (\d+) \d+" """)]
    private static partial Regex ViewBox();

    [GeneratedRegex(@"M(\d+) (\d+)h(\d+)v1h-\d+z")]
    private static partial Regex Run();
}

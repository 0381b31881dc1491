using System.Globalization;
using System.Text;
using QRCoder;

namespace Engine.Web;

/// <summary>Renders a text as a QR code in SVG at level M, which tolerates 15 % of it being hidden by a scratch or a
/// reflection.</summary>
public static class QrPicture
{
    /// <summary>The picture, with a quiet zone of four modules; a module is one unit of its view box.</summary>
    public static string Svg(string text)
    {
        using var generator = new QRCodeGenerator();
        using QRCodeData code = generator.CreateQrCode(text, QRCodeGenerator.ECCLevel.M);
        int size = code.ModuleMatrix.Count;
        var path = new StringBuilder(size * size);
        for (int y = 0; y < size; y++)
        {
            for (int x = 0; x < size; x++)
            {
                int start = x;
                while (x < size && code.ModuleMatrix[y][x])
                {
                    x++;
                }

                if (x > start)
                {
                    path.Append(CultureInfo.InvariantCulture, $"M{start} {y}h{x - start}v1h-{x - start}z");
                }
            }
        }

        return $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" role="img" aria-label="QR code" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{size}v{size}H0z"/><path d="{path}"/></svg>""";
    }
}

using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Components;

namespace Engine.Workflows.Bindings.Web;

/// <summary>
/// The style and the one script of the phone's pages, in the pages themselves; nothing else is let in.
/// </summary>
public static class PhoneAssets
{
    public static MarkupString Style { get; } = new(Read("phone.css"));

    /// <summary>Reads a code by the camera, where the browser can.</summary>
    public static MarkupString Scan { get; } = new(Read("scan.js"));

    public static string Policy { get; } =
        $"default-src 'none'; style-src 'sha256-{Hash(Style.Value)}'; script-src 'sha256-{Hash(Scan.Value)}'; "
        + $"media-src blob:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

    private static string Hash(string text) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string Read(string name)
    {
        using Stream stream = typeof(PhoneAssets).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        // As a browser hashes it: a line's end is one character.
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}

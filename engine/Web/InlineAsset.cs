using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Components;

namespace Engine.Web;

/// <summary>
/// A style or a script that stands in the page itself, so that a page is one request; the policy allows it by its
/// hash, and nothing else.
/// </summary>
public sealed class InlineAsset
{
    private InlineAsset(string text)
    {
        Markup = new MarkupString(text);
        Source = $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'";
    }

    /// <summary>What stands between the tags.</summary>
    public MarkupString Markup { get; }

    /// <summary>How a content security policy names it.</summary>
    public string Source { get; }

    /// <summary>Reads an embedded resource of an assembly.</summary>
    /// <param name="assembly">Where it is embedded.</param>
    /// <param name="name">Its logical name.</param>
    public static InlineAsset Read(Assembly assembly, string name)
    {
        using Stream stream = assembly.GetManifestResourceStream(name)
            ?? throw new ArgumentException(
                $"{assembly.GetName().Name} has no embedded resource '{name}'",
                nameof(name)
            );
        using var reader = new StreamReader(stream);
        // As a browser hashes it: a line's end is one character.
        return new InlineAsset(reader.ReadToEnd().ReplaceLineEndings("\n"));
    }
}

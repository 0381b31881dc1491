using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Components;

namespace Engine.Web;

/// <summary>A style or a script embedded in the page, so a page is a single request. The policy allows it by its hash,
/// and nothing else.</summary>
public sealed class InlineAsset
{
    private InlineAsset(string text)
    {
        Markup = new MarkupString(text);
        Source = $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'";
    }

    /// <summary>The text between the tags.</summary>
    public MarkupString Markup { get; }

    /// <summary>The source in a content security policy.</summary>
    public string Source { get; }

    /// <summary>Reads an embedded resource of an assembly.</summary>
    /// <param name="assembly">The assembly that embeds it.</param>
    /// <param name="name">Its logical name.</param>
    public static InlineAsset Read(Assembly assembly, string name)
    {
        using Stream stream = assembly.GetManifestResourceStream(name)
            ?? throw new ArgumentException(
                $"{assembly.GetName().Name} has no embedded resource '{name}'",
                nameof(name)
            );
        using var reader = new StreamReader(stream);
        // Browsers hash the text with normalised line endings.
        return new InlineAsset(reader.ReadToEnd().ReplaceLineEndings("\n"));
    }
}
